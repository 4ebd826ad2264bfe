/** A large file in ranges: begun under a name of ours, filled by any lane in any order, finished under its own. */
import type { BigFile } from '../../../conduct/bigs/big-file.ts';
import { isKind } from '../../../errors.ts';
import type { FileEntry } from '../../../store/entry.ts';
import type { PutRange } from '../../../store/parts.ts';
import { type RelativePath, splitPath } from '../../../store/path.ts';
import { beginWithin, within } from '../directory/enter.ts';
import type { Lane } from '../lane.ts';
import { wantedOf } from '../metadata/same.ts';
import { changed, guarded, listedOf, partialOf, pathOf, readable, sourceOf } from './big-places.ts';

/**
 * Takes up the partial file that an earlier run left, or makes one, as long as it will be. The outcome names it,
 * and says 'gone' when there is nothing to take up: then it may have its own name already.
 */
export function begin(lane: Lane, file: BigFile): Promise<void> {
  return guarded(lane, file, () => {
    lane.expectMuch();
    return beginWithin(lane, file.dir, () => beginAt(lane, file));
  });
}

async function beginAt(lane: Lane, file: BigFile): Promise<void> {
  const { dest } = lane.setup;
  const { out } = lane.ledger;
  const source = listedOf(lane, file) ?? (await sourceOf(lane, file));
  if (!source) return changed(lane);
  if (file.partial !== '') {
    const isThere = await isBegun(lane, file);
    out.big = isThere ? 'begun' : 'gone';
    if (isThere) out.bigs.push(file);
    return;
  }
  const metadata = wantedOf(source, lane.setup);
  const { origin } = lane.bodyOf(source);
  const how = { size: file.bytes, origin, metadata, replaces: undefined, partial: lane.partialName() };
  const partial = await dest.parts!.begin(lane.target(pathOf(file)), how, lane.signal);
  out.bigs.push({ ...file, partial: Buffer.from(splitPath(partial).name).toString() });
  out.big = 'begun';
}

async function isBegun({ setup, signal }: Lane, file: BigFile): Promise<boolean> {
  const { parts, stat } = setup.dest;
  if (parts!.held) return parts!.held(partialOf(file), file.bytes, signal);
  const there = await stat(partialOf(file), signal);
  return there?.kind === 'file' && there.size === file.bytes;
}

/** Puts the bytes of a range in their place, by whichever way; may be done again. */
export function copyRange(lane: Lane, file: BigFile, range: PutRange): Promise<void> {
  return guarded(lane, file, async () => {
    const source = await readable(lane, file);
    if (!source) return changed(lane);
    lane.wrote();
    await put(lane, source, partialOf(file), range);
    lane.ledger.out.big = 'begun';
  });
}

/** Straight from one place to the other, where that may be and is of use. */
function put(lane: Lane, file: FileEntry, partial: RelativePath, range: PutRange): Promise<void> {
  const { dest, direct } = lane.setup;
  const here = () => dest.parts!.put(partial, range, lane.bodyOf(file), lane.signal);
  if (!direct) return here();
  const pace = (bytes: number) => lane.paced(bytes);
  const moved = (bytes: number) => lane.movesElsewhere(bytes);
  return direct.put({ file, partial, range }, { here, pace, moved }, lane.signal);
}

/** Takes the partial file away, whether or not its source is still there. */
export async function drop(lane: Lane, file: BigFile): Promise<void> {
  const { dest } = lane.setup;
  const remove = () => dest.parts!.drop(partialOf(file), lane.signal);
  try {
    await within(lane, file.dir, (here) => here.change(remove)).catch((error: unknown) => {
      if (!isKind(error, 'missing')) throw error;
      return remove(); // its directory went from the source
    });
  } catch (error) {
    lane.failed(pathOf(file), error);
  }
}
