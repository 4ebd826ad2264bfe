/**
 * Directories above a listed name: made at the destination, with the source's metadata, where they are missing or
 * something of another type is in the way.
 */
import { isKind, TransferError } from '../../../errors.ts';
import { show } from '../../../report/show.ts';
import { noMetadata } from '../../../store/entry.ts';
import type { RelativePath } from '../../../store/path.ts';
import type { Lane } from '../lane.ts';
import { wantedOf } from '../metadata/same.ts';
import type { StoresSetup } from '../setup.ts';
import { lift } from './lift-mode.ts';

const slash = 0x2f;

/** Makes the directory `path` at the destination, and those above it; in a dry run says which would be made. */
export async function ensureChain(lane: Lane, path: RelativePath): Promise<void> {
  for (let end = path.indexOf(slash); ; end = path.indexOf(slash, end + 1)) {
    await ensure(lane, (end < 0 ? path : path.slice(0, end)) as RelativePath);
    if (end < 0) return;
  }
}

async function ensure(lane: Lane, path: RelativePath): Promise<void> {
  const { dest, dryRun } = lane.setup;
  const there = await dest.stat(path, lane.signal);
  if (there?.kind === 'directory') return;
  if (!dryRun && !(await makeDressed(lane, path, there !== undefined))) return;
  lane.ledger.did('make', () => path, 0);
}

/** False where somebody else did meanwhile. */
function makeDressed(lane: Lane, path: RelativePath, isTaken: boolean): Promise<boolean> {
  const { directories } = lane;
  return directories.within(parentOf(path), (touchParent) =>
    directories.within(path, async (touch) => {
      if (!(await make(lane, path, isTaken, touchParent))) return false;
      touchParent();
      touch();
      return true;
    }),
  );
}

const mostTries = 4;

/** False where somebody else did meanwhile. */
async function make(
  lane: Lane,
  path: RelativePath,
  isTaken: boolean,
  liftsParent: () => void,
): Promise<boolean> {
  const { dest } = lane.setup;
  lane.wrote();
  for (let tries = 1; ; tries++)
    try {
      if (isTaken) await clearWay(lane, path);
      await dest.makeDirectory!(path, { ...noMetadata, mode: 0o700 }, lane.signal);
      return true;
    } catch (error) {
      if (isKind(error, 'conflict') && (await dest.stat(path, lane.signal))?.kind === 'directory')
        return false;
      const isOther = () => tries === 1; // another lane was here
      if (!isKind(error, 'denied') || tries === mostTries) throw error;
      if (!(await lift(lane, parentOf(path), isOther))) throw error;
      liftsParent();
    }
}

/**
 * Takes away what is no directory. Several lanes may want to, and what one of them has made there meanwhile stays: so
 * they do it one after the other, and look.
 */
export async function clearWay({ setup, directories, signal }: Lane, path: RelativePath): Promise<void> {
  const { dest } = setup;
  using _ = await directories.clearing(signal);
  const there = await dest.stat(path, signal);
  if (there && there.kind !== 'directory') await dest.remove(path, signal);
}

/** As the source has it, if it does. */
export async function dressLike(setup: StoresSetup, path: RelativePath, signal: AbortSignal): Promise<void> {
  const like = await setup.source.stat(path, signal);
  if (like?.kind === 'directory') await setup.dest.dress?.(path, wantedOf(like, setup), signal);
}

function parentOf(path: RelativePath): RelativePath {
  return path.subarray(0, Math.max(0, path.lastIndexOf(slash))) as RelativePath;
}

export function notDirectory(path: RelativePath): TransferError {
  return new TransferError(
    'conflict',
    `cannot write into ${show(path)} at the destination: it is no directory`,
    {
      hint: 'move what is in the way, or choose another destination',
    },
  );
}
