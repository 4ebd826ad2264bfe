/** One regular file: left alone where it is the same, copied here where it is small, handed back where it is large. */
import { changedFault } from '../../../conduct/changed.ts';
import { isKind } from '../../../errors.ts';
import type { Entry, FileEntry, Metadata } from '../../../store/entry.ts';
import { splitPath } from '../../../store/path.ts';
import { giveBack } from '../../../work/chunk-memory.ts';
import type { Here } from '../directory/here.ts';
import { hasItsName } from '../directory/its-name.ts';
import type { Lane } from '../lane.ts';
import { withAttributes } from '../metadata/attributes.ts';
import { sameTime } from '../metadata/clock.ts';
import { changeOf, isDoubtful, isGivenAway } from '../metadata/doubts.ts';
import { finely } from '../metadata/finely.ts';
import { keepSame, saidOfFile } from '../metadata/keep-metadata.ts';
import { settleDoubt } from '../metadata/other-attributes.ts';
import { differing } from '../metadata/same.ts';
import { holdsSame } from './content.ts';
import { inFull, sourceInFull } from './in-full.ts';
import { changedInPlace, isForDelta } from './in-place.ts';
import { markOf, printOf } from './source-mark.ts';

const second = 1_000_000_000n;
const muchBytes = 32 * 1024 * 1024; // worth connections that take half a dozen round trips

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

/** What differs cannot be put right in its place: names there that are another file of the source are to stay as they are. */
function isAnothers({ rights, setup }: Lane, file: FileEntry, present: FileEntry): boolean {
  if (file.linked !== undefined || present.linked === undefined) return false;
  const mayGiveAway = setup.givesAway === true; // else all would go anew for an owner that they do not get
  const what = differing(file, present, setup, rights.givesAway);
  return what.some((aspect) => aspect !== 'owner' || mayGiveAway);
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
  const again = (within: Here) => sendTogether(within, entry, present);
  const isSmall = entry.size <= setup.inlineBytes && together !== undefined;
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

async function isSame(lane: Lane, file: FileEntry, present: Entry): Promise<boolean> {
  const { setup } = lane;
  if (present.kind !== 'file' || present.size !== file.size || isSuspect(lane, present)) return false;
  const { ownTimes } = setup.dest;
  if (ownTimes && !setup.checksum) return (present.mtimeNs ?? 0n) / second >= (file.mtimeNs ?? 0n) / second;
  if (setup.keep.times && !setup.checksum) return sameTime(file, present, setup);
  return holdsSame(lane, file, present);
}

/** It may have lost its bytes in a power cut; where all is durable at once, none has. */
function isSuspect({ setup }: Lane, present: FileEntry): boolean {
  const { suspectSince, suspectUntil } = setup;
  if (suspectSince === 0n || !setup.dest.sync) return false;
  const changedNs = changeOf(present);
  if (changedNs === undefined) return true;
  return changedNs >= suspectSince && (suspectUntil === undefined || changedNs < suspectUntil);
}

/** Again with a new look at the source, as long as it changes while it is read. */
async function copy(here: Here, file: FileEntry, existing: Entry | undefined): Promise<void> {
  const { lane } = here;
  for (let seen = file, tries = lane.setup.retries; ; tries--) {
    try {
      return await write(here, seen, existing);
    } catch (error) {
      if (isKind(error, 'conflict') && (await isThereNow(here, seen))) return;
      const mayPass = isKind(error, 'changed') || (isKind(error, 'corrupt') && tries > 0);
      if (!mayPass) throw error;
    }
    const now = tries > 0 ? await lane.setup.source.stat(file.path, lane.signal) : undefined;
    if (now?.kind !== 'file') return lane.ledger.failed(changedFault(file.path));
    seen = now;
  }
}

async function write(here: Here, seen: FileEntry, existing: Entry | undefined): Promise<void> {
  const { lane } = here;
  const { file: opened, body } = await lane.opened(seen);
  const file = await finely(lane, opened, seen.finelyNs);
  const { setup, ledger } = lane;
  const target = here.target(file);
  const how = {
    replaces: existing,
    partial: lane.partialName(),
    durable: setup.durable && !setup.dest.sync,
  };
  lane.wrote();
  const writeAs = (metadata: Metadata) => setup.dest.write(target, body, { ...how, metadata }, lane.signal);
  const made = await here.change(() => withAttributes(lane, file, target, writeAs));
  if (body.held) giveBack(body.held); // where it failed, somebody may be reading it still
  here.remembered.keep(seen, file, made.entry);
  saidOfFile(lane, file, made.entry, made.unkept);
  ledger.did(existing ? 'update' : 'copy', () => file.path, file.size);
  ledger.hollow(file.size, file.allocated);
}

/** Two lanes had its name, or it was written and only the answer was lost. */
async function isThereNow(here: Here, file: FileEntry): Promise<boolean> {
  const { ledger, setup, signal } = here.lane;
  const target = here.target(file);
  const now = await setup.dest.stat(target, signal);
  const seen = await sourceInFull(setup.source, file, signal);
  const isAlike = now?.kind === 'file' && now.size === seen.size && sameTime(seen, now, setup);
  if (!isAlike || !(await hasItsName(here.lane, target))) return false;
  ledger.skipped(file.size);
  return true;
}

async function handBack(here: Here, file: FileEntry, existing: Entry | undefined): Promise<void> {
  const { dir, lane } = here;
  if (file.size >= muchBytes) for (const end of [lane.setup.source, lane.setup.dest]) end.expectMuch?.();
  const isWhole = await isForDelta(here, file, existing);
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
