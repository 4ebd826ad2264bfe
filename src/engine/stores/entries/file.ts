/** One regular file: left alone where it is the same, copied here where it is small, handed back where it is large. */

import type { Entry, FileEntry } from '../../../store/entry.ts';
import { splitPath } from '../../../store/path.ts';
import { muchBytes } from '../../much-bytes.ts';
import type { Here } from '../directory/here.ts';
import { isDoubtful, isGivenAway } from '../metadata/doubts.ts';
import { keepSame } from '../metadata/keep-metadata.ts';
import { settleDoubt } from '../metadata/other-attributes.ts';
import { copy } from './copy-file.ts';
import { isAnothers, isSame } from './equal-file.ts';
import { inFull, sourceInFull } from './in-full.ts';
import { changedInPlace, isForDelta } from './in-place.ts';
import { markOf, printOf } from './source-mark.ts';

/** Copies it, gives it to others, or leaves it alone; `inline`: large ones are copied here, too. */
export async function settleFile(here: Here, file: FileEntry, inline: boolean): Promise<void> {
  const { setup, ledger } = here.lane;
  const found = await here.look(file);
  const listed = found?.kind === 'file' ? found : undefined;
  if (listed && !setup.checksum && here.remembered.has(file, listed)) return ledger.skipped(file.size);
  const present = await inFull(setup.dest, found, here.lane.signal);
  if (present?.kind === 'file' && present.size === file.size) {
    const seen = await sourceInFull(setup.source, file, here.lane.signal);
    if ((await isSame(here.lane, seen, present)) && !isAnothers(here.lane, seen, present)) {
      here.remembered.keep(file, seen, present, listed);
      const isDoubt = isDoubtful(here.lane, seen) || isGivenAway(here, seen, present);
      return isDoubt ? doubtFile(here, seen, present) : keepSame(here, seen, present);
    }
  }
  const isCleared = present?.kind === 'directory';
  if (isCleared) await here.clear(present);
  const existing = isCleared ? undefined : present;
  const isLarge = file.size > setup.inlineBytes && !file.inOrder && !here.lane.copies(file);
  if (setup.dryRun) return wouldCopy(here, file, existing, isLarge);
  if (isLarge && !inline) return handBack(here, file, existing);
  if (inline && (await isForDelta(here, file, existing))) return changeInPlace(here, file);
  return inline ? copy(here, file, existing) : sendTogether(here, file, existing);
}

async function sendTogether(here: Here, file: FileEntry, existing: Entry | undefined): Promise<void> {
  const { together } = here.lane;
  const alone = () => copy(here, file, existing);
  if (!together) return alone();
  const action = existing ? 'update' : 'copy';
  return together.add(here, { entry: file, replaces: existing, action, alone });
}

/** What other names are linked to stays the file that it is. */
async function doubtFile(here: Here, entry: FileEntry, present: FileEntry): Promise<void> {
  const { doubts, setup, together } = here.lane;
  if (!doubts) return settleDoubt({ here, entry, present });
  const isSaid = setup.dryRun && setup.batches !== undefined && !setup.single;
  const again = (within: Here) =>
    isSaid ? wouldCopy(within, entry, present, false) : sendTogether(within, entry, present);
  const isSmall = entry.size <= setup.inlineBytes && (together !== undefined || isSaid);
  return doubts.add({ here, entry, present, ...(isSmall && { again }) });
}

async function wouldCopy(
  here: Here,
  file: FileEntry,
  existing: Entry | undefined,
  isLarge: boolean,
): Promise<void> {
  const { ledger } = here.lane;
  if (isLarge && (await isForDelta(here, file, existing))) {
    ledger.notice('delta');
    ledger.merged(file.size);
  } else ledger.hollow(file.size, file.allocated);
  ledger.did(existing ? 'update' : 'copy', () => file.path, file.size);
}

/** Where it did not work, it goes anew, over what is there by then. */
async function changeInPlace(here: Here, file: FileEntry): Promise<void> {
  if (await changedInPlace(here, file)) return;
  const { setup, signal } = here.lane;
  return copy(here, file, await setup.dest.stat(here.target(file), signal));
}

async function handBack(here: Here, file: FileEntry, existing: Entry | undefined): Promise<void> {
  const { dir, lane } = here;
  if (file.size >= muchBytes) lane.expectMuch();
  const isWhole = await isForDelta(here, file, existing);
  if (!isWhole) lane.handed.give({ entry: file, present: undefined }); // for who begins it
  lane.ledger.out.bigs.push({
    dir: dir.path,
    name: Uint8Array.of(...splitPath(file.path).name, 0),
    bytes: file.size,
    print: printOf(file),
    partial: '',
    sparse: file.allocated !== undefined && file.allocated < file.size,
    over: markOf(existing),
    ...(isWhole && { whole: true }),
  });
}
