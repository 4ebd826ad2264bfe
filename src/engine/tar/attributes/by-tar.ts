/**
 * Attributes as tar tells them. One that packs into nothing, and so reads nothing, marks files that have some; those of them
 * that are small another one packs together, and of each large one the beginning is packed by one of its own.
 */
import { TransferError } from '../../../errors.ts';
import type { Attributes } from '../../../store/entry.ts';
import type { RelativePath } from '../../../store/path.ts';
import { pathKey } from '../../../work/posix/path.ts';
import { forCd } from '../../../work/sh.ts';
import type { FarPlace } from '../far-place.ts';
import { asItIs, ask, fetchInto } from '../host/exchange.ts';
import { type FarTools, tarOf } from '../host/probe.ts';
import { oneLine, type Script } from '../host/script.ts';
import { packWords, sendList } from '../host/send.ts';
import { pathOf } from '../stream/asked-for.ts';
import { corrupt } from '../stream/corrupt.ts';
import { type Told, toldIn } from './member-attributes.ts';

/** To send so much takes as long as to start a tar, at 10 MB/s. */
const smallBytes = 32 * 1024;

/** Of what grew meanwhile not all is waited for. */
const mostBytes = 32 * 1024 * 1024;

/** A place, and what waits until so many bytes may move, where there is a limit. */
export type Paced = FarPlace & {
  readonly pace: ((bytes: number, signal: AbortSignal) => Promise<void>) | undefined;
};

export async function tellPacked(
  from: Paced,
  paths: readonly RelativePath[],
  signal: AbortSignal,
): Promise<Told> {
  const marks = await marksOf(from, paths, signal);
  const isMarked = (at: number) => marks === undefined || marks[at]!.isMarked;
  const isSmall = (at: number) => marks !== undefined && marks[at]!.bytes <= smallBytes;
  const small = paths.filter((_, at) => isMarked(at) && isSmall(at));
  const large = paths.filter((_, at) => isMarked(at) && !isSmall(at));
  const told = await Promise.all([tellSmall(from, small, signal), tellBegun(from, large, 'usual', signal)]);
  return new Map(told.flatMap((one) => [...one]));
}

type Mark = { readonly isMarked: boolean; readonly bytes: number };

/** What the tar there complains of is asked for alone. */
const unclear: Mark = { isMarked: true, bytes: Number.POSITIVE_INFINITY };

/** Of each path; undefined where the tar there does not say. */
async function marksOf(
  { root, run, tools }: FarPlace,
  paths: readonly RelativePath[],
  signal: AbortSignal,
): Promise<readonly Mark[] | undefined> {
  const { stdout } = await ask(run, marking(root, tools), { ...asItIs, input: [sendList(paths)] }, signal);
  const marks: Mark[] = [];
  let isUnclear = false;
  for (const line of Buffer.from(stdout).toString('latin1').split('\n').slice(0, -1)) {
    const mark = /^(.)\s*\d+\/\d+ +(\d+)[ ,]/.exec(line);
    if (mark) {
      marks.push(isUnclear ? unclear : { isMarked: mark[1] !== ' ', bytes: Number(mark[2]) });
      isUnclear = false;
    } else if (/: Cannot stat: |: File removed before we read it$/.test(line)) {
      marks.push(unclear); // in place of a line of its own
    } else isUnclear ||= isUnread(line);
  }
  return marks.length === paths.length ? marks : undefined;
}

/** Of each name on its stdin what stands behind its mode, in a line of its own, behind one of what it complains of. */
function marking(root: Uint8Array, tools: FarTools): Script {
  const words = `${packWords(tarOf(tools), true)} --numeric-owner --hard-dereference --quoting-style=escape`;
  return {
    script: oneLine(`export LC_ALL=C; unset CDPATH; cd -P "$1" || exit 40;
      tar -cvv ${words} -f /dev/null --null -T - 2>&1 |
      sed -e "/^[^ ]*tar: /b" -e "$2"`),
    args: [forCd(root), Buffer.from('s/^.\\{10\\}\\(.\\{0,54\\}\\).*/\\1/')],
  };
}

/** Their bytes come along, and are passed over. */
async function tellSmall(from: Paced, paths: readonly RelativePath[], signal: AbortSignal): Promise<Told> {
  const { pace, root, run, tools } = from;
  const told = new Map<string, Attributes>();
  if (paths.length === 0) return told;
  const asked = new Set(paths.map(pathKey));
  let bytes = 0;
  const receiver = {
    begin(member: Parameters<typeof pathOf>[0] & { readonly attributes: Attributes; readonly size: number }) {
      const key = pathKey(pathOf(member, member.path));
      if (!asked.delete(key)) throw corrupt('it tells of a file that nobody asked for');
      bytes += member.size;
      if (bytes > mostBytes) throw grown();
      told.set(key, member.attributes);
    },
    data: ignored,
    end: ignored,
  };
  const moved = pace && ((moved: number) => pace(moved, signal));
  const how = { list: sendList(paths), receiver, ...(moved && { moved }) };
  const { complaint } = await fetchInto(run, packing(root, tools), how, signal);
  const isTorn = complaint.split('\n').some(isUnread);
  const left = isTorn ? paths : paths.filter((path) => asked.has(pathKey(path)));
  return new Map([...told, ...(await tellBegun(from, left, 'usual', signal))]);
}

function grown(): TransferError {
  const why = 'files that were small are written to meanwhile';
  return new TransferError('transient', `cannot read the attributes of small files at the source: ${why}`, {
    hint: 'run again when nobody writes there',
  });
}

const ignored = () => undefined;

function packing(root: Uint8Array, tools: FarTools): Script {
  return {
    script: oneLine(`export LC_ALL=C; unset CDPATH; cd -P "$1" || exit 40;
      exec tar -c ${packWords(tarOf(tools), true)} --hard-dereference -f - --null -T -`),
    args: [forCd(root)],
  };
}

const frameBytes = { usual: 8 * 1024, most: 1152 * 1024 } as const; // the parser takes no longer headers

/** By the beginning of what is packed of each alone. */
export async function tellBegun(
  { pace, root, run, tools }: Paced,
  paths: readonly RelativePath[],
  length: keyof typeof frameBytes,
  signal: AbortSignal,
): Promise<Told> {
  if (paths.length === 0) return new Map();
  const bytes = frameBytes[length];
  const { stdout } = await ask(
    run,
    beginning(root, tools, bytes),
    { ...asItIs, input: [sendList(paths)] },
    signal,
  );
  await pace?.(stdout.length, signal);
  const told = readBegun(Buffer.from(stdout), bytes);
  if (told.size === paths.length) return told;
  throw new TransferError('transient', 'cannot ask for attributes: the answer ended early');
}

/** Throws 'corrupt' for what does not look like an answer. */
function readBegun(said: Buffer, bytes: number): Told {
  const told = new Map<string, Attributes | 'more' | 'unread'>();
  for (let at = 0; at < said.length; ) {
    const end = said.indexOf(0, at);
    const next = end + 1 + bytes + 1;
    if (end < 0 || next > said.length) throw corrupt('what it tells of attributes ends early');
    const path = said.toString('latin1', at + 2, end); // each begins with ./
    const verdict = said[next - 1];
    const found = verdict === torn ? undefined : toldIn(said.subarray(end + 1, next - 1));
    told.set(path, found ?? (verdict === gone ? none : 'unread'));
    at = next;
  }
  return told;
}

const none: Attributes = new Map();
const torn = '-'.charCodeAt(0);
const gone = '0'.charCodeAt(0);

/** What GNU tar and libarchive say of attributes that they cannot read; all else that they say is of other things. */
const unreadWords = 'Cannot [a-z_]*(xattr|acl)|(Couldn.t|Failed to) [a-z ]*(extended attribute|ACL)';
const unread = new RegExp(unreadWords);
const goneWords = ': (No such file or directory|Not a directory|File removed before we read it)$';

function isUnread(line: string): boolean {
  return unread.test(line) && !line.endsWith(': Operation not supported');
}

/** Names on its stdin; a name, so many bytes of what is packed of it, and whether that is all true, or it is gone, for each. */
function beginning(root: Uint8Array, tools: FarTools, bytes: number): Script {
  const words = packWords(tarOf(tools), true);
  const each = `exec 3>&1
  for name do
    printf "%s\\0" "$name"
    why=$({ { printf "%s\\0" "$name" | tar -c ${words} -f - --null -T - 2>&4; cat /dev/zero; } | head -c ${bytes} >&3; } 4>&1)
    if [ -z "$why" ]; then printf +
    elif printf "%s\\n" "$why" | grep -E "${unreadWords}" | grep -qv ": Operation not supported$"; then printf -
    elif printf "%s\\n" "$why" | grep -qE "${goneWords}"; then printf 0
    else printf +; fi
  done
  exit 0`;
  return {
    script: oneLine(
      'export LC_ALL=C; unset CDPATH; cd -P "$1" || exit 40; exec xargs -0 sh -c "$2" sh 2>/dev/null',
    ),
    args: [forCd(root), Buffer.from(each)],
  };
}
