/** Metadata put on what is there or was just made, and what of it could not be kept. */
import {
  type Entry,
  type FileEntry,
  type Metadata,
  noMetadata,
  setIds,
  type Unkept,
} from '../../../store/entry.ts';
import type { Here } from '../directory/here.ts';
import type { Lane } from '../lane.ts';
import type { StoresSetup } from '../setup.ts';
import { giveLike } from './attributes.ts';
import { lostTime } from './clock.ts';
import { finely } from './finely.ts';
import {
  type Aspect,
  differing,
  differingDirectory,
  lostAnyway,
  lostOf,
  lostUntimed,
  staysOther,
  wantedOf,
} from './same.ts';

/**
 * An entry whose bytes or target are right already: its metadata is looked at, and put right where it is not. `worn`: somebody
 * has looked at its attributes, and whether they were to be put right.
 */
export async function keepSame(here: Here, entry: Entry, present: Entry, worn?: boolean): Promise<void> {
  const { lane } = here;
  const { setup, ledger } = lane;
  const bytes = entry.kind === 'file' ? entry.size : 0;
  const differs = differing(entry, present, setup, lane.rights.givesAway);
  const wear = async () => worn ?? giveLike(lane, entry.path, here.target(entry));
  if (differs.length === 0 || !setup.dest.dress) {
    ledger.lost(lostAnyway(entry, present, setup));
    return (await wear()) ? ledger.did('repair', () => entry.path, 0) : ledger.skipped(bytes);
  }
  const dress = () => setup.dest.dress!(here.target(entry), given(entry, differs, lane), lane.signal);
  const unkept = setup.dryRun ? [] : await dress();
  const isWorn = await wear(); // a new owner takes capabilities away
  if (setup.dryRun) return ledger.did('repair', () => entry.path, 0);
  const others = staysOther(entry, present, setup).filter((aspect) => !differs.includes(aspect));
  said(lane, entry, [...unkept, ...others], differs.includes('mtimeNs'));
  lane.wrote();
  if (isWorn || isRepaired(entry, differs, unkept, setup)) ledger.did('repair', () => entry.path, 0);
  else ledger.skipped(bytes);
}

/** Giving a file away clears setuid and setgid, so both are given together. */
function given(entry: Entry, differs: readonly Aspect[], { setup }: Lane): Metadata {
  const wanted = wantedOf(entry, setup);
  const isMode =
    differs.includes('mode') || (differs.includes('owner') && setup.keep.mode && isCleared(wanted));
  return {
    mode: isMode ? wanted.mode : undefined,
    owner: differs.includes('owner') ? wanted.owner : undefined,
    mtimeNs: differs.includes('mtimeNs') ? wanted.mtimeNs : undefined,
  };
}

/** Whether bits of its mode go when its owner is given. */
function isCleared({ mode = 0 }: Metadata): boolean {
  return (mode & setIds) !== 0;
}

/** At least one of what differed is right now; a time is where it is as near as the place can tell it. */
function isRepaired(entry: Entry, differs: readonly Aspect[], unkept: Unkept, setup: StoresSetup): boolean {
  const isNear = lostTime(entry, setup) !== undefined;
  return differs.some((aspect) => !unkept.includes(aspect) || (aspect === 'mtimeNs' && isNear));
}

/** Counts what was not kept of an entry, which may have been given a time, and remembers where files cannot be given away. */
export function said(lane: Lane, entry: Entry, unkept: Unkept, isTimed = true): void {
  if (unkept.includes('owner')) lane.rights.givesAway = false;
  lane.ledger.lost((isTimed ? lostOf : lostUntimed)(entry, unkept, lane.setup));
}

/** The same of a file that was written, and looks like `made` now. */
export function saidOfFile(lane: Lane, file: FileEntry, made: FileEntry, unkept: Unkept): void {
  const { ledger, setup } = lane;
  said(lane, file, [...unkept, ...staysOther(file, made, setup)]);
  const isSparse = ({ allocated, size }: FileEntry) => allocated !== undefined && allocated < size;
  const isFilled = made.allocated !== undefined && !isSparse(made);
  if (setup.keep.sparse && isSparse(file) && isFilled) ledger.notice('sparse');
}

/** A directory gets its metadata when it is made: it keeps them, and they are known by then. */
export function isMadeWhole({ source, dest }: StoresSetup): boolean {
  return dest.keepsDirectories === true && !source.take;
}

/** Whether the directory's own metadata has to be put right. */
export function isToSettle(here: Here): boolean {
  const { dir, entry, lane, touched } = here;
  const { setup, rights } = lane;
  if (setup.single || !setup.dest.dress) return false;
  if (touched || isNew(here)) return true;
  return entry !== undefined && differingDirectory(dir.entry, entry, setup, rights.givesAway).length > 0;
}

/** Whether this run made it. */
function isNew({ dir, lane }: Here): boolean {
  return dir.fresh || (dir.path.length === 0 && lane.setup.rootIsNew);
}

/** The directory's own metadata, after the last change in it, unless somebody has put it there already. */
export async function settleDirectory(here: Here, isDressed = false): Promise<void> {
  const isSaid = await dressDirectory(here, isDressed);
  const { dir, lane } = here;
  const isOurs = (dir.whole || dir.alone) && !lane.setup.single;
  if (!isOurs || (lane.setup.dryRun && !here.entry)) return;
  const isWorn = await giveLike(lane, dir.path, dir.path);
  if (isWorn && here.entry && !isNew(here) && !isSaid) lane.ledger.did('repair', () => dir.path, 0);
}

/** Whether it was there, and is said to be repaired. */
async function dressDirectory(here: Here, isDressed: boolean): Promise<boolean> {
  const { dir, lane } = here;
  const { setup, ledger } = lane;
  const { dest, dryRun } = setup;
  if (setup.single || !dest.dress) return false;
  const isMade = isNew(here);
  if (dir.fresh && dir.path.length > 0 && isMadeWhole(setup)) return false;
  const isOurs = dir.whole || dir.alone; // others say what became of it
  const differs =
    isMade || !here.entry ? [] : differingDirectory(dir.entry, here.entry, setup, lane.rights.givesAway);
  const isRepair = differs.length > 0 && isOurs;
  if (dryRun && isRepair) ledger.did('repair', () => dir.path, 0);
  if (dryRun) return isRepair;
  if (!isMade && here.entry && !here.touched && differs.length === 0) {
    if (isOurs) ledger.lost(lostAnyway(dir.entry, here.entry, setup));
    return false;
  }
  const stays = isMade || !here.entry ? [] : staysOther(dir.entry, here.entry, setup);
  const isDone = isDressed && (lane.rights.givesAway || !differs.includes('owner')); // a batch gives no groups then
  const isTimed = isMade || here.touched || differs.includes('mtimeNs');
  const entry = isTimed && !isDone ? await finely(lane, dir.entry) : dir.entry;
  const metadata = isMade ? wantedOf(entry, setup) : changed(here, entry, differs);
  const unkept = isDone ? [] : await dest.dress(dir.path, metadata, lane.signal);
  if (!isDone) lane.wrote(); // else that was said of what it came with
  if (!isOurs && isTimed && !isDone) timedLater(lane, entry);
  if (!isOurs) return false;
  const others = stays.filter((aspect) => metadata[aspect] === undefined);
  if (!isDone) said(lane, entry, [...unkept, ...others], metadata.mtimeNs !== undefined);
  if (!isRepaired(entry, differs, unkept, setup)) return false;
  ledger.did('repair', () => dir.path, 0);
  return true;
}

/** For a directory that was dressed after all others, which have their whole times from batches. */
export function timedLater({ setup }: Lane, { finelyNs, mtimeNs = 0n, path }: Entry): void {
  if (setup.batches && setup.keep.times && !setup.single) setup.dest.timeLater?.(path, finelyNs ?? mtimeNs);
}

/** What a directory gets after a change in it, by who has not looked at it at the destination; undefined: nothing. */
export async function settledAs(lane: Lane, dir: Entry): Promise<Metadata | undefined> {
  const { setup } = lane;
  if (setup.single || !setup.dest.dress) return undefined;
  const entry = await finely(lane, dir);
  if (dir.path.length === 0 && setup.rootIsNew) return wantedOf(entry, setup);
  return changed({ entry: undefined, lane, touched: true }, entry, []);
}

/** For a directory that was there: the time that our changes took, the mode that may have been lifted for them. */
function changed(
  { entry: there, lane, touched }: Pick<Here, 'entry' | 'lane' | 'touched'>,
  like: Entry,
  differs: readonly Aspect[],
): Metadata {
  const { keep } = lane.setup;
  const wanted = wantedOf(like, lane.setup);
  const isOwner = differs.includes('owner') || !there?.owner;
  const isKnown = there?.mode !== undefined;
  const isMode = touched || !isKnown || differs.includes('mode') || (isOwner && isCleared(wanted));
  return {
    ...noMetadata,
    ...(isMode && { mode: keep.mode ? wanted.mode : there?.mode }),
    ...(isOwner && { owner: wanted.owner }),
    ...((touched || differs.includes('mtimeNs')) && { mtimeNs: wanted.mtimeNs }),
  };
}
