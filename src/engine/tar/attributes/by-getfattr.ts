/**
 * Attributes as getfattr tells them: nothing of a file but those is read. Many files in one run of it; where some cannot be
 * read, or it would be too much, one by one, so that it is known of which all were told.
 */
import { TransferError } from '../../../errors.ts';
import type { Attributes } from '../../../store/entry.ts';
import type { RelativePath } from '../../../store/path.ts';
import { pathKey } from '../../../work/posix/path.ts';
import { forCd } from '../../../work/sh.ts';
import type { FarPlace } from '../far-place.ts';
import { asItIs, feed } from '../host/exchange.ts';
import { oneLine, type Script } from '../host/script.ts';
import { sendList } from '../host/send.ts';
import { corrupt } from '../stream/corrupt.ts';
import { Dump, torn, whole } from './getfattr-dump.ts';
import type { Told } from './member-attributes.ts';

const mostBytes = 16 * 1024 * 1024;

export async function tellDumped(
  from: FarPlace,
  paths: readonly RelativePath[],
  signal: AbortSignal,
): Promise<Told> {
  const told = new Map<string, Attributes>();
  const asked = new Set(paths.map(pathKey));
  const dump = new Dump((path, attributes) => {
    if (!asked.delete(path)) throw corrupt('it tells of a file that nobody asked for');
    told.set(path, attributes);
  });
  const ended = await dumpInto(dump, from, { paths, words: dumpWords }, signal);
  if (ended === 0) return told;
  if (ended === 'cut' || ended === 123 || ended === 1) return tellAlone(from, paths, signal);
  throw endedBadly();
}

async function tellAlone(from: FarPlace, paths: readonly RelativePath[], signal: AbortSignal): Promise<Told> {
  const told = new Map<string, Attributes | 'unread'>();
  for (let left = paths; left.length > 0; ) {
    const some = await tellFirst(from, left, signal);
    for (const [at, one] of some.entries()) told.set(pathKey(left[at]!), one);
    left = left.slice(some.length);
  }
  return told;
}

/** Of the first of them, as many as are not too much, but of one at least. */
async function tellFirst(
  from: FarPlace,
  paths: readonly RelativePath[],
  signal: AbortSignal,
): Promise<readonly (Attributes | 'unread')[]> {
  const told: (Attributes | 'unread')[] = [];
  let last = none;
  const tell = (path: string, attributes: Attributes) => {
    const asked = paths[told.length];
    if (!asked || pathKey(asked) !== path) throw corrupt('it tells of a file that nobody asked for');
    last = attributes;
  };
  const end = (isWhole: boolean) => {
    told.push(isWhole ? last : 'unread');
    last = none;
  };
  const ended = await dumpInto(new Dump(tell, end), from, { paths, words: aloneWords }, signal);
  if (ended === 'cut') return told.length > 0 ? told : ['unread'];
  if (ended !== 0 || told.length !== paths.length) throw endedBadly();
  return told;
}

const none: Attributes = new Map();

type Asked = { readonly paths: readonly RelativePath[]; readonly words: string };

/** Answers how xargs ended, and 'cut' where that was not waited for. */
async function dumpInto(
  dump: Dump,
  { root, run }: FarPlace,
  { paths, words }: Asked,
  signal: AbortSignal,
): Promise<number | undefined | 'cut'> {
  const { script, args } = dumping(root, words);
  await using far = await run(script, args, signal);
  let bytes = 0;
  const take = async () => {
    for await (const chunk of far.stdout as AsyncIterable<Buffer>) {
      bytes += chunk.length;
      if (bytes > mostBytes) throw new Error('cut');
      dump.push(chunk);
    }
  };
  try {
    await Promise.all([take(), feed(far, [sendList(paths)], asItIs, signal)]);
  } catch (error) {
    signal.throwIfAborted();
    if (bytes > mostBytes) return 'cut';
    throw error;
  }
  return (await far.ended).code;
}

function endedBadly(): TransferError {
  return new TransferError(
    'transient',
    'cannot ask for attributes: the program that tells them did not end well',
  );
}

function dumping(root: Uint8Array, words: string): Script {
  return {
    script: oneLine(`export LC_ALL=C; unset CDPATH; cd -P "$1" || exit 40;
      exec xargs -0 sh -c "$2" sh 2>/dev/null`),
    args: [forCd(root), Buffer.from(words)],
  };
}

/** What was taken away meanwhile, or cannot be there, was read all the same. */
const harmless = ': (Operation not supported|No such attribute|No such file or directory|Not a directory)$';

/** Whether not all was told of these: of what it cannot read it says no more. */
const isTorn = `exec 3>&1
  is_torn() {
    why=$(getfattr -h -d -m - -e hex --absolute-names -- "$@" 2>&1 >&3)
    [ $? -le 1 ] || return 0
    [ "$why" ] || return 1
    printf "%s\\n" "$why" | grep -qvE "${harmless}"
    [ $? -ne 1 ]
  }`;

const dumpWords = `${isTorn}
  if is_torn "$@"; then exit 1; fi`;

const aloneWords = `${isTorn}
  for name do
    if is_torn "$name"; then echo "${torn}"; else echo "${whole}"; fi
  done
  exit 0`;
