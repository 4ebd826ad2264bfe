/** A large file in ranges: begun under a name of ours, filled by any lane in any order, finished under its own. */
import type { BigFile } from '../../../conduct/jobs.ts';
import { isKind, TransferError } from '../../../errors.ts';
import { show } from '../../../report/show.ts';
import type { Range } from '../../../store/body.ts';
import {
  type Attributes,
  type Entry,
  type FileEntry,
  type Metadata,
  noMetadata,
} from '../../../store/entry.ts';
import { pathIn } from '../../../store/named.ts';
import { below, itself, type RelativePath, splitPath } from '../../../store/path.ts';
import { heardLater } from '../../../work/heard-later.ts';
import { beginWithin, within } from '../directory/enter.ts';
import type { Here } from '../directory/here.ts';
import { hasItsName } from '../directory/its-name.ts';
import type { Lane } from '../lane.ts';
import { farOf, withAttributes } from '../metadata/attributes.ts';
import { sameTime } from '../metadata/clock.ts';
import { finely } from '../metadata/finely.ts';
import { saidOfFile } from '../metadata/keep-metadata.ts';
import { wantedOf } from '../metadata/same.ts';
import { markOf, printOf } from './source-mark.ts';

/**
 * Takes up the partial file that an earlier run left, or makes one, as long as it will be. The outcome names it,
 * and says 'gone' when there is nothing to take up: then it may have its own name already.
 */
export function begin(lane: Lane, file: BigFile): Promise<void> {
  return guarded(lane, file, () => {
    for (const end of [lane.setup.source, lane.setup.dest]) end.expectMuch?.();
    const looking = heardLater(sourceOf(lane, file)); // beside the look at its directory
    return beginWithin(lane, file.dir, (here) => beginIn(here, file, looking));
  });
}

async function beginIn(here: Here, file: BigFile, looking: ReturnType<typeof sourceOf>): Promise<void> {
  const { lane } = here;
  const { dest } = lane.setup;
  const { out } = lane.ledger;
  const source = await looking;
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
  const partial = await here.change(() => dest.parts!.begin(targetOf(lane, file), how, lane.signal));
  out.bigs.push({ ...file, partial: Buffer.from(splitPath(partial).name).toString() });
  out.big = 'begun';
}

async function isBegun({ setup, signal }: Lane, file: BigFile): Promise<boolean> {
  const { parts, stat } = setup.dest;
  if (parts!.held) return parts!.held(partialOf(file), file.bytes, signal);
  const there = await stat(partialOf(file), signal);
  return there?.kind === 'file' && there.size === file.bytes;
}

export function copyRange(lane: Lane, file: BigFile, range: Range): Promise<void> {
  return guarded(lane, file, async () => {
    const source = await readable(lane, file);
    if (!source) return changed(lane);
    lane.wrote();
    await put(lane, source, partialOf(file), range);
    lane.ledger.out.big = 'begun';
  });
}

/** Straight from one place to the other, where that may be and is of use. */
function put(lane: Lane, file: FileEntry, partial: RelativePath, range: Range): Promise<void> {
  const { dest, direct } = lane.setup;
  const here = () => dest.parts!.put(partial, range, lane.bodyOf(file), lane.signal);
  if (!direct) return here();
  const pace = (bytes: number) => lane.paced(bytes);
  const moved = (bytes: number) => lane.movesElsewhere(bytes);
  return direct.put({ file, partial, range }, { here, pace, moved }, lane.signal);
}

/** Gives it its metadata and its name, if the source is still what was copied; 'changed' when it is not. */
export function finish(lane: Lane, file: BigFile): Promise<void> {
  return guarded(lane, file, async () => {
    const looks = {
      source: heardLater(fineSourceOf(lane, file)),
      replaces: heardLater(lane.setup.dest.stat(targetOf(lane, file), lane.signal)),
      attributes: heardLater(farOf(lane, pathOf(file))),
    }; // all at once, and beside the look at its directory
    const source = await within(lane, file.dir, (here) => finishIn(here, file, looks));
    if (!source) return changed(lane);
    lane.ledger.did(file.over ? 'update' : 'copy', () => pathOf(file), file.bytes);
    lane.ledger.hollow(file.bytes, source.allocated);
    lane.ledger.out.big = 'complete';
  });
}

type Looks = {
  readonly source: Promise<FileEntry | undefined>;
  readonly replaces: Promise<Entry | undefined>;
  readonly attributes: Promise<Attributes | undefined>;
};

/** What was copied; undefined where the source is not that any more. */
async function finishIn(here: Here, file: BigFile, looks: Looks): Promise<FileEntry | undefined> {
  const { lane } = here;
  const { dest } = lane.setup;
  const path = targetOf(lane, file);
  const [source, replaces] = await Promise.all([looks.source, looks.replaces]);
  if (!source) return undefined;
  lane.wrote();
  if (markOf(replaces) !== file.over) {
    if (isIt(lane, source, replaces) && (await hasItsName(lane, path))) return source; // only the answer was lost
    throw conflict(path);
  }
  const finishAs = (metadata: Metadata) =>
    dest.parts!.finish(partialOf(file), path, { metadata, replaces }, lane.signal);
  const made = await here.change(() => withAttributes(lane, source, path, finishAs, looks.attributes));
  saidOfFile(lane, source, made.entry, made.unkept);
  return source;
}

function isIt({ setup }: Lane, source: FileEntry, there: Entry | undefined): boolean {
  return there?.kind === 'file' && there.size === source.size && sameTime(source, there, setup);
}

function conflict(path: RelativePath): TransferError {
  return new TransferError(
    'conflict',
    `cannot write ${show(path)} at the destination: something is there now`,
    {
      hint: 'move what is in the way, or choose another destination',
    },
  );
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

/** The same, to be read: where a look costs time, it is left to the reading to say that it changed. */
async function readable(lane: Lane, file: BigFile): Promise<FileEntry | undefined> {
  if (!('roundTripMs' in lane.setup.source)) return sourceOf(lane, file);
  const { bytes: size, print } = file;
  const unknown = { ...noMetadata, allocated: undefined, linked: undefined };
  return { kind: 'file', path: pathOf(file), ...unknown, size, print };
}

/** The source as it was when it was found; undefined where it is not that any more. */
async function sourceOf(lane: Lane, file: BigFile): Promise<FileEntry | undefined> {
  const entry = await lane.setup.source.stat(pathOf(file), lane.signal);
  return entry?.kind === 'file' && printOf(entry) === file.print ? entry : undefined;
}

/** The same with its time as finely as anybody there tells it. */
async function fineSourceOf(lane: Lane, file: BigFile): Promise<FileEntry | undefined> {
  const { setup, signal } = lane;
  const [source, finelyNs] = await Promise.all([
    sourceOf(lane, file),
    setup.keep.times ? setup.source.finelyOf?.({ path: pathOf(file) }, signal) : undefined,
  ]);
  return source && finely(lane, source, finelyNs);
}

/** What was not as it should be is looked at again; other errors are the file's. */
async function guarded(lane: Lane, file: BigFile, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isKind(error, 'changed', 'missing', 'corrupt') && !lane.board.stopped) changed(lane);
    else lane.failed(pathOf(file), error);
  }
}

function changed(lane: Lane): void {
  lane.ledger.out.big = 'changed';
}

function partialOf(file: BigFile): RelativePath {
  return pathIn(file.dir, Buffer.from(file.partial));
}

function pathOf({ dir, name }: BigFile): RelativePath {
  return pathIn(dir, name.subarray(0, -1));
}

function targetOf({ setup }: Lane, file: BigFile): RelativePath {
  return setup.single ? below(itself, setup.single)! : pathOf(file);
}
