/** Directories above a listed name: made at the destination, with the source's metadata, where they are missing. */
import { isKind, TransferError } from '../../errors.ts';
import { show } from '../../report/show.ts';
import { noMetadata } from '../../store/entry.ts';
import type { RelativePath } from '../../store/path.ts';
import type { Lane } from './lane.ts';
import { lift } from './lift.ts';
import { wantedOf } from './same.ts';

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
  if (there) throw notDirectory(path);
  if (!dryRun && !(await make(lane, path))) return;
  lane.ledger.did('make', () => path, 0);
  if (!dryRun) for (const dir of [parentOf(path), path]) await dressLike(lane, dir);
}

/** False where somebody else did meanwhile. */
async function make(lane: Lane, path: RelativePath): Promise<boolean> {
  const { dest } = lane.setup;
  const makeIt = () => dest.makeDirectory!(path, { ...noMetadata, mode: 0o700 }, lane.signal);
  lane.wrote();
  try {
    await makeIt();
    return true;
  } catch (error) {
    if (isKind(error, 'conflict') && (await dest.stat(path, lane.signal))?.kind === 'directory') return false;
    if (!isKind(error, 'denied') || !(await lift(lane, parentOf(path), () => false))) throw error;
  }
  await makeIt();
  return true;
}

async function dressLike({ setup, signal }: Lane, path: RelativePath): Promise<void> {
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
