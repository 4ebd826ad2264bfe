/** A large file of which all ranges are there gets its metadata and its name. */
import type { BigFile } from '../../../conduct/jobs.ts';
import { TransferError } from '../../../errors.ts';
import { show } from '../../../report/show.ts';
import type { Attributes, Entry, FileEntry, Metadata } from '../../../store/entry.ts';
import type { RelativePath } from '../../../store/path.ts';
import { heardLater } from '../../../work/heard-later.ts';
import { within } from '../directory/enter.ts';
import type { Here } from '../directory/here.ts';
import { hasItsName } from '../directory/its-name.ts';
import type { Lane } from '../lane.ts';
import { farOf, withAttributes } from '../metadata/attributes.ts';
import { sameTime } from '../metadata/clock.ts';
import { saidOfFile } from '../metadata/keep-metadata.ts';
import { changed, fineSourceOf, guarded, partialOf, pathOf, targetOf } from './big-places.ts';
import { markOf } from './source-mark.ts';

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
