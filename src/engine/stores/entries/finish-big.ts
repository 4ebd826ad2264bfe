/** A large file of which all ranges are there gets its metadata and its name. */
import type { BigFile } from '../../../conduct/bigs/big-file.ts';
import { isKind, TransferError } from '../../../errors.ts';
import { show } from '../../../report/show.ts';
import type { Attributes, Entry, FileEntry, Metadata } from '../../../store/entry.ts';
import type { RelativePath } from '../../../store/path.ts';
import { heardLater } from '../../../work/heard-later.ts';
import { withinAtOnce } from '../directory/enter.ts';
import { hasItsName } from '../directory/its-name.ts';
import { rememberLarge } from '../known/remembered.ts';
import type { Lane } from '../lane.ts';
import { farOf, withAttributes } from '../metadata/attributes.ts';
import { sameTime } from '../metadata/clock.ts';
import { saidOfFile } from '../metadata/keep-metadata.ts';
import { drop } from './big.ts';
import { changed, fineSourceOf, guarded, partialOf, pathOf } from './big-places.ts';
import { markOf } from './source-mark.ts';

/** Gives it its metadata and its name, if the source is still what was copied; 'changed' when it is not. */
export function finish(lane: Lane, file: BigFile): Promise<void> {
  return guarded(lane, file, async () => {
    const looks = {
      source: heardLater(fineSourceOf(lane, file)),
      attributes: heardLater(farOf(lane, pathOf(file))),
    }; // all at once, and beside the look at its directory
    const finishIn = (directory: Looks['directory']) => finishAt(lane, file, { ...looks, directory });
    const { source, tidied, isLeft } = await withinAtOnce(lane, file.dir, finishIn);
    await tidied?.catch(() => drop(lane, file)); // which tries again, and says why not
    if (isLeft) await drop(lane, file);
    if (!source) return changed(lane);
    lane.ledger.did(file.over ? 'update' : 'copy', () => pathOf(file), file.bytes);
    lane.ledger.hollow(file.bytes, source.allocated);
    lane.ledger.out.big = 'complete';
  });
}

type Looks = {
  readonly source: Promise<FileEntry | undefined>;
  readonly attributes: Promise<Attributes | undefined>;
  /** what its directory gets */
  readonly directory: Promise<Metadata | undefined>;
};

type Finished = {
  /** what was copied; undefined where the source is not that any more */
  readonly source: FileEntry | undefined;
  readonly tidied?: Promise<void> | undefined;
  /** the name was not given by us: what was begun may be there still */
  readonly isLeft?: boolean;
  readonly isSettled?: boolean;
};

/** Where nothing had the name, it is not looked at first: who gives it finds out whether it is free. */
async function finishAt(lane: Lane, file: BigFile, looks: Looks): Promise<Finished> {
  const { dest } = lane.setup;
  const path = lane.target(pathOf(file));
  const look = () => dest.stat(path, lane.signal);
  const [source, replaces, directory] = await Promise.all([
    looks.source,
    file.over === '' ? undefined : look(),
    looks.directory,
  ]);
  if (!source) return { source };
  lane.wrote();
  if (markOf(replaces) !== file.over) return named(lane, path, { source, there: replaces });
  const finishAs = (metadata: Metadata) =>
    dest.parts!.finish(partialOf(file), path, { metadata, replaces, directory }, lane.signal);
  const placing = { target: path, replaced: replaces };
  const made = await withAttributes(lane, source, placing, finishAs, looks.attributes).catch(noneIfTaken);
  // Of another size it is another's, which looked finished where ours was gone.
  if (made?.entry.size !== source.size) return named(lane, path, { source, there: await look() });
  rememberLarge(lane, file.dir, source, made.entry);
  saidOfFile(lane, source, made.entry, made.unkept);
  return { source, tidied: made.tidied, isSettled: made.isSettled ?? false };
}

function noneIfTaken(error: unknown): undefined {
  if (!isKind(error, 'conflict')) throw error;
}

/** The name is taken: by the file itself, of which only the answer was lost or which another run put there, or else by somebody else's. */
async function named(
  lane: Lane,
  path: RelativePath,
  { source, there }: { readonly source: FileEntry; readonly there: Entry | undefined },
): Promise<Finished> {
  if (isIt(lane, source, there) && (await hasItsName(lane, path))) return { source, isLeft: true };
  throw conflict(path);
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
