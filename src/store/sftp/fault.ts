/** The SFTP store's one place that turns what a server refuses into a kind, a sentence and a hint. */
import { type Kind, TransferError } from '../../errors.ts';
import { itself, type RelativePath } from '../path.ts';
import type { Fresh } from './fresh.ts';
import { status } from './protocol/numbers.ts';
import { lookAt } from './protocol/requests.ts';
import type { Room, Sftp } from './protocol/sftp.ts';
import { isRefusal, type Refusal } from './protocol/status.ts';
import type { Root } from './root.ts';
import type { NoRoom } from './shell/no-room.ts';

export type Doing = 'read' | 'write' | 'make' | 'link' | 'list' | 'look at' | 'remove' | 'set metadata of';

/** A connection that answers, and the place it is about. */
export type Reach = {
  readonly sftp: Sftp;
  readonly root: Root;
  /** directories that were seen to be some, and none elsewhere */
  readonly firm: Fresh<RelativePath>;
  /** what a shell there says is used up in a directory, where nobody else does; undefined: nothing, or there is none */
  readonly noRoom: NoRoom;
};

const kinds: Readonly<Record<number, readonly [Kind, string]>> = {
  [status.NO_SUCH_FILE]: ['missing', 'it is not there'],
  [status.PERMISSION_DENIED]: ['denied', 'permission denied'],
  [status.BAD_MESSAGE]: ['unsupported', 'the server cannot take its name'], // ENAMETOOLONG and EINVAL
  [status.NO_CONNECTION]: ['transient', 'the server lost its connection'],
  [status.CONNECTION_LOST]: ['transient', 'the server lost its connection'],
  [status.OP_UNSUPPORTED]: ['unsupported', 'the server cannot do that'],
};

const hints: Partial<Record<Kind, string>> = {
  denied: 'check who owns it, or log in as a user who may',
  full: 'make room there, then resume',
  conflict: 'move what is in the way, or choose another destination',
  refused: 'a symlink is where a directory should be: remove it if it should not be there',
  missing: 'it may have been removed while the run went on: run again',
  io: 'the server does not say why: look at its disk, its quota and its log',
};

const readOnly = 'it is on a read-only file system';

const hintsOfWhy: Readonly<Record<string, string>> = {
  [readOnly]: 'mount it for writing, or choose another destination',
};

const nearlyNothing = 1024 * 1024;

/** `what` is the place or entry, as a person reads it. */
export function trouble(doing: Doing, what: string, kind: Kind, why: string, cause?: unknown): TransferError {
  const hint = hintsOfWhy[why] ?? hints[kind];
  return new TransferError(kind, `cannot ${doing} ${what}: ${why}`, {
    cause,
    ...(hint === undefined ? {} : { hint }),
  });
}

/** Waits for what was asked; a refusal becomes an error about this path. */
export async function must<T>(asked: Promise<T>, reach: Reach, path: RelativePath, doing: Doing): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    throw isRefusal(error) ? refused(reach.root, path, doing, error) : error;
  }
}

/** The same of what comes one after another. */
export async function* mustAll<T>(asked: AsyncIterable<T>, reach: Reach, path: RelativePath, doing: Doing) {
  try {
    yield* asked;
  } catch (error) {
    throw isRefusal(error) ? refused(reach.root, path, doing, error) : error;
  }
}

/** The same where a refusal may mean that the name is taken, or the disk full, and servers say neither. */
export async function mustMake<T>(
  asked: Promise<T>,
  reach: Reach,
  path: RelativePath,
  doing: Doing,
  signal: AbortSignal,
): Promise<T> {
  try {
    return await asked;
  } catch (error) {
    if (isRefusal(error, status.FAILURE) && (await isTaken(reach, path, signal)))
      throw taken(reach.root, path, doing, error);
    throw await whyNot(error, reach, path, doing, signal);
  }
}

async function isTaken({ sftp, root }: Reach, path: RelativePath, signal: AbortSignal): Promise<boolean> {
  try {
    return (await lookAt(sftp.client, root.whole(path), signal)) !== undefined;
  } catch (error) {
    if (isRefusal(error)) return false;
    throw error;
  }
}

/** What kept us from writing, where the server did not say: looks at the room that is left. */
export async function whyNot(
  error: unknown,
  { sftp, root, noRoom }: Reach,
  path: RelativePath,
  doing: Doing,
  signal: AbortSignal,
): Promise<unknown> {
  if (!isRefusal(error)) return error;
  if (error.code !== status.FAILURE || !sftp.room) return refused(root, path, doing, error);
  const roomAt = (at: Uint8Array) => sftp.room!(at, signal).catch(() => undefined); // what is known is said
  const room = await roomAt(root.above(path));
  if (room?.isReadOnly) {
    const isAll = (await roomAt(root.whole(itself)))?.isReadOnly; // not only a disk that is mounted below it
    return trouble(doing, root.show(path), isAll ? 'readonly' : 'denied', readOnly, error);
  }
  const takesRoom = doing === 'write' || doing === 'set metadata of';
  const triedOut = () => (takesRoom ? noRoom(root.above(path), signal) : undefined);
  const why = room && isFull(room) ? 'no space left' : await triedOut();
  if (why) return trouble(doing, root.show(path), 'full', why, error);
  return refused(root, path, doing, error);
}

export function taken(root: Root, path: RelativePath, doing: Doing, cause?: unknown): TransferError {
  return trouble(doing, root.show(path), 'conflict', 'something else has the name', cause);
}

function refused(root: Root, path: RelativePath, doing: Doing, error: Refusal): TransferError {
  const [kind, why] = kinds[error.code] ?? ['io', said(error)];
  return trouble(doing, root.show(path), kind, why, error);
}

function said({ words }: Refusal): string {
  return words === '' ? 'the server does not say why' : `the server says '${words}'`;
}

/** Less than one write may leave some bytes free. */
function isFull({ bytes, files }: Room): boolean {
  return bytes < nearlyNothing || files === 0;
}
