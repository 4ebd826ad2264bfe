/** Names that a file has until it is whole, and how it gets its own. */
import { isKind, TransferError } from '../../errors.ts';
import { retry } from '../../work/retry.ts';
import type { Entry } from '../entry.ts';
import { below, type RelativePath, splitPath } from '../path.ts';
import { placeName } from './daemon.ts';
import { trouble } from './fault.ts';
import { lookAt, lookAtFile } from './look.ts';
import { must, type Reach, remoteOf, shown } from './reach.ts';

/** For rclone to come back, where it was it that went. */
const patience = { tries: 3, waitMs: 200, mostWaitMs: 1000, withinMs: 5000 };

/** Where bytes go: under which name, and whether something has that and goes. */
export type Where = { readonly to: RelativePath; readonly over: boolean };

type Putting = {
  readonly path: RelativePath;
  /** a name of ours in the same directory */
  readonly partial: () => Uint8Array;
  /** undefined: the name must be free */
  readonly replaces: Entry | undefined;
};

/** Its name shows what it had before, or all that `give` gives, also where half of a file would show. */
export async function putWhole(
  reach: Reach,
  { path, partial, replaces }: Putting,
  give: (where: Where) => Promise<void>,
  signal: AbortSignal,
): Promise<void> {
  if (!reach.traits.showsHalf) {
    await mustBeFree(reach, path, replaces, signal);
    return give({ to: path, over: replaces !== undefined });
  }
  const to = stageOf(reach, path, partial);
  try {
    await give({ to, over: false });
    await mustBeFree(reach, path, replaces, signal);
    await move(reach, { from: to, path, replaces }, signal);
  } catch (error) {
    await drop(reach, to);
    throw error;
  }
}

/** Where it grows; throws 'refused' where nothing could be moved from there. */
function stageOf(reach: Reach, path: RelativePath, partial: () => Uint8Array): RelativePath {
  if (!reach.traits.canMove) throw noMove(reach, path);
  return below(splitPath(path).dir, partial())!;
}

type Moving = {
  readonly from: RelativePath;
  readonly path: RelativePath;
  readonly replaces: Entry | undefined;
};

/** Over what is there, where the remote replaces it at once; else rclone takes that away first. */
async function move(reach: Reach, { from, path, replaces }: Moving, signal: AbortSignal): Promise<void> {
  const words = {
    srcFs: placeName,
    srcRemote: remoteOf(reach, from, 'write'),
    dstFs: placeName,
    dstRemote: remoteOf(reach, path, 'write'),
  };
  const moving = (config: object) =>
    must(reach, path, 'write', { call: 'operations/movefile', words: { ...words, _config: config } }, signal);
  const isAtOnce = !replaces || !reach.traits.hasDuplicates;
  try {
    await moving(isAtOnce ? { NoCheckDest: true } : { IgnoreTimes: true });
  } catch (error) {
    signal.throwIfAborted();
    if (isKind(error, 'transient') || !isAtOnce) throw error;
    if (!replaces) throw (await lookAt(reach, path, signal)) ? taken(reach, path) : error;
    await moving({ IgnoreTimes: true });
  }
}

/** A directory of that name is left to rclone to find: to look for one may take a whole listing. */
async function mustBeFree(
  reach: Reach,
  path: RelativePath,
  replaces: Entry | undefined,
  signal: AbortSignal,
): Promise<void> {
  const there = await lookAtFile(reach, path, signal);
  if (there?.kind === replaces?.kind && there?.print === replaces?.print) return;
  throw taken(reach, path);
}

function taken({ name }: Reach, path: RelativePath): TransferError {
  return trouble('write', shown(name, path), 'conflict', 'it is not what had the name before');
}

/** Takes what is not whole away, also when the run stops; what stays is swept by the next one. */
async function drop(reach: Reach, path: RelativePath): Promise<void> {
  const words = { remote: remoteOf(reach, path, 'remove') };
  const signal = AbortSignal.timeout(patience.withinMs);
  const asked = { call: 'operations/deletefile', words };
  await retry(() => must(reach, path, 'remove', asked, signal), patience, signal).catch(() => undefined);
}

function noMove({ name }: Reach, path: RelativePath): TransferError {
  const why = 'this rclone writes in place there, and a kill would leave half a file';
  return new TransferError('refused', `cannot write ${shown(name, path)}: ${why}`, {
    hint: 'rclone 1.63 or later knows more of what its remotes do',
  });
}
