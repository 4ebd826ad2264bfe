/**
 * The rsync of a far end, for one here: it asks for a program to speak through, which is a shell script that passes
 * bytes on to us over a descriptor it inherits. We run the far rsync on a connection we have, whose host and rights were
 * looked at, so no password and no name of the person's is in any command line.
 */
import { once } from 'node:events';
import type { Duplex, Readable, Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isKind, TransferError } from '../../../errors.ts';
import type { Shell } from '../../../store/shell.ts';
import { enterWithRooms, noRoom, roomFault } from '../room/room-far.ts';
import { fds } from './words.ts';

/** Says what is to be run, passes on what comes, and ends as the far one did. */
const script =
  `printf "%s\\0" "$@" "" >&${fds.told}; exec 8<&0; cat <&8 >&${fds.there} & ` +
  `cat <&${fds.back}; read code <&${fds.told}; exit "$code"`;

/** For `--rsh`. */
export const rsh = `sh -c '${script}' rsh`;

/** What goes there, what comes back, and what is said of both. */
export type Ends = { readonly there: Readable; readonly back: Writable; readonly told: Duplex };

/** Waits until so many bytes may move. */
export type Pace = ((bytes: number, signal: AbortSignal) => Promise<void>) | undefined;

/** Whether it moves enough for a connection of its own. */
export type Over = {
  readonly pace: Pace;
  readonly isHeavy: boolean;
  /** directories that are made there first, those above before those below */
  readonly rooms: readonly string[];
};

/**
 * Runs the far rsync in the shell's place, until it has ended; answers what it said besides. Rejects 'transient' where
 * the connection fails, as `roomFault` says where a room cannot be made, and with the signal's reason.
 */
export async function joinFar(
  { run, root }: Shell,
  { there, back, told }: Ends,
  { pace, isHeavy, rooms }: Over,
  signal: AbortSignal,
): Promise<string> {
  const words = await wordsOf(told);
  if (words === undefined) return '';
  const args = [root, ...[`${rooms.length}`, ...rooms].map((word) => Buffer.from(word)), ...words];
  await using far = await run(enterWithRooms, args, signal, { isHeavy });
  const paced = (stream: AsyncIterable<Buffer>) => slowly(stream, pace, signal);
  void pass(paced(there), far.stdin);
  const came = pipeline(far.stdout, paced, back).catch(cut);
  came.catch(() => undefined); // where the far end fails first, that is what is said
  const { code } = await far.ended;
  if (code === noRoom) throw roomFault(far.complaint().trim());
  await came;
  told.end(`${code ?? 255}\n`);
  return far.complaint('all');
}

/** What rsync wants to be run, without the name of the host; undefined where it ended before it said so. */
async function wordsOf(told: Readable): Promise<Buffer[] | undefined> {
  let said = Buffer.alloc(0);
  for await (const chunk of told.iterator({ destroyOnReturn: false })) {
    said = Buffer.concat([said, chunk as Buffer]);
    if (said.subarray(-2).equals(Buffer.alloc(2))) break;
  }
  const [, ...words] = said.toString('latin1').split('\0').slice(0, -2);
  if (words.length === 0) return undefined;
  if (words[0] !== 'rsync' || words[1] !== '--server')
    throw new TransferError('refused', 'rsync asks for a program that is not rsync at the far end');
  return words.map((word) => Buffer.from(word, 'latin1'));
}

/** Until either ends; it may be before what comes back was passed on, and must not end that. */
async function pass(from: AsyncIterable<Buffer>, to: Writable): Promise<void> {
  try {
    for await (const chunk of from) if (!to.write(chunk)) await once(to, 'drain');
    to.end();
  } catch {
    return; // how they ended is said by their exit codes
  }
}

async function* slowly(stream: AsyncIterable<Buffer>, pace: Pace, signal: AbortSignal) {
  for await (const chunk of stream) {
    await pace?.(chunk.length, signal);
    yield chunk;
  }
}

/** One of both ended first: how, is said by its exit code, or by why the connection failed. */
function cut(error: unknown): void {
  if (isKind(error, 'transient')) throw error;
}
