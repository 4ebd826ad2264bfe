/**
 * Asks a host for the attributes of files there, many in one run, without their bytes: a tar that packs into nothing marks
 * those that have some, and of each of these another one packs the beginning.
 */
import type { FarAttributes } from '../../store/attributes.ts';
import type { Attributes } from '../../store/entry.ts';
import { readAttributes } from '../../store/local/xattrs.ts';
import type { RelativePath } from '../../store/path.ts';
import { forCd } from '../../work/far.ts';
import { inGroups } from '../../work/groups.ts';
import { pathKey } from '../../work/posix/path.ts';
import { fetchAgain } from './again.ts';
import type { FarPlace } from './between.ts';
import { corrupt } from './corrupt.ts';
import { asItIs, ask } from './exchange.ts';
import { type FarTools, type TarAbilities, tarOf } from './probe.ts';
import { oneLine, type Script } from './script.ts';
import { packWords, sendList } from './send.ts';
import { toldIn } from './told.ts';

/** Whether what a tar there packs of a file has its attributes. */
export function tellsAttributes({ tar }: FarTools): boolean {
  return tar?.pax === true && tar.nulList && (tar.xattrsInclude || (tar.xattrs && tar.acls));
}

const frameBytes = { usual: 8 * 1024, most: 1152 * 1024 }; // the parser takes no longer headers
const groups = { atOnce: 2, most: { count: 500, bytes: 1 }, bytesOf: () => 0 };

export function createTells(
  from: FarPlace,
  how: { readonly retries: number },
): NonNullable<FarAttributes['of']> {
  const tells = inGroups(async (paths: readonly RelativePath[], signal) => {
    const told = await fetchAgain(() => askFor(from, paths, frameBytes.usual, signal), how, signal);
    return (path) => told.get(pathKey(path));
  }, groups);
  const all = async (path: RelativePath, signal: AbortSignal) => {
    const found = await tells(path, signal);
    if (found !== 'more') return found ?? none;
    const told = await fetchAgain(() => askFor(from, [path], frameBytes.most, signal), how, signal);
    const whole = told.get(pathKey(path));
    return whole === undefined || whole === 'more' ? none : whole;
  };
  return async (path, kinds, signal) => readAttributes({ said: await all(path, signal) }, kinds);
}

const none: Attributes = new Map();

type Told = ReadonlyMap<string, Attributes | 'more' | undefined>;

async function askFor(
  { root, run, tools }: FarPlace,
  paths: readonly RelativePath[],
  bytes: number,
  signal: AbortSignal,
): Promise<Told> {
  const input = [sendList(paths)];
  const { stdout } = await ask(run, tell(root, tarOf(tools), bytes), { ...asItIs, input }, signal);
  return readTold(Buffer.from(stdout), bytes);
}

/** By path, of those that may have any. Throws 'corrupt' for what does not look like an answer. */
function readTold(said: Buffer, bytes: number): Told {
  const told = new Map<string, Attributes | 'more' | undefined>();
  for (let at = 0; at < said.length; ) {
    const end = said.indexOf(0, at);
    const next = end + 1 + bytes;
    if (end < 0 || next > said.length) throw corrupt('what it tells of attributes ends early');
    const path = said.toString('latin1', at + 2, end); // each begins with ./
    told.set(path, toldIn(said.subarray(end + 1, next)));
    at = next;
  }
  return told;
}

/** Names on its stdin; a name and so many bytes of what is packed of it for each that may have attributes. */
function tell(root: Uint8Array, tar: TarAbilities, bytes: number): Script {
  return {
    script: oneLine(
      'export LC_ALL=C; unset CDPATH; cd -P "$1" || exit 40; exec xargs -0 sh -c "$2" sh "$3" 2>/dev/null',
    ),
    args: [forCd(root), Buffer.from(telling(packWords(tar, true))), Buffer.from(`${bytes}`)],
  };
}

/** What marks nothing, or less than was asked for, is asked for each. Among its words GNU tar would take a backslash for an escape. */
function telling(words: string): string {
  return `most=$1; shift
marks=$(printf "%s\\0" "$@" | tar -cvv ${words} --hard-dereference --quoting-style=escape -f /dev/null --null -T - | cut -c11 | tr -d "\\n")
[ \${#marks} -eq $# ] || marks=
for name do
  mark=\${marks%"\${marks#?}"}
  marks=\${marks#?}
  [ "$mark" = " " ] && continue
  printf "%s\\0" "$name"
  { printf "%s\\0" "$name" | tar -c ${words} -f - --null -T -; cat /dev/zero; } | head -c "$most"
done
exit 0`;
}
