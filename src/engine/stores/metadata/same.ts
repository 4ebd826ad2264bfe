/** Metadata of entries at two stores: what of it differs, what is to be kept, what could not be. */
import type { Topic } from '../../../report/events.ts';
import { type Entry, type Metadata, setIds, type Unkept } from '../../../store/entry.ts';
import type { StoresSetup } from '../setup.ts';
import { lostTime, sameTime, timeOf } from './clock.ts';

export type Aspect = keyof Metadata;

/** What the destination should be given, times as finely as it keeps them; the umask is for modes that are not kept. */
export function wantedOf(
  told: Metadata & Pick<Entry, 'finelyNs'>,
  { keep, umask, dest }: Pick<StoresSetup, 'keep' | 'umask' | 'dest'>,
): Metadata {
  const { mode, owner, mtimeNs, finelyNs = mtimeNs } = told;
  const isFine = (dest.timeStepNs ?? 1) === 1;
  return {
    mode: mode === undefined || keep.mode ? mode : mode & 0o777 & ~umask,
    owner: keep.owner ? owner : undefined,
    mtimeNs: keep.times ? (isFine ? finelyNs : timeOf(told)) : undefined,
  };
}

/** The same of a file that takes the place of another one, whose mode stays where modes are not kept. */
export function wantedOver(file: Entry, replaced: Entry | undefined, setup: StoresSetup): Metadata {
  const wanted = wantedOf(file, setup);
  const isLeft = !setup.keep.mode && replaced?.kind === 'file' && replaced.mode !== undefined;
  return isLeft ? { ...wanted, mode: replaced.mode! & 0o777 } : wanted;
}

/** What of the metadata is not the source's and may be put right. */
export function differing(source: Entry, dest: Entry, setup: StoresSetup, givesAway: boolean): Aspect[] {
  const { keep } = setup;
  const what: Aspect[] = [];
  const tellsTime = source.mtimeNs !== undefined && dest.mtimeNs !== undefined;
  if (keep.times && tellsTime && !setup.dest.ownTimes && !sameTime(source, dest, setup)) what.push('mtimeNs');
  const mayHold = setup.dest.holdsModes !== false;
  if (keep.mode && mayHold && !sameMode(source, dest, givesAway)) what.push('mode');
  if (keep.owner && !sameOwner(source, dest, givesAway ? 'all' : setup.groups)) what.push('owner');
  return what;
}

/**
 * The same of a directory; one without a time, where others have one, was made for what is in it, or by a run that was
 * killed, and has the rest to get.
 */
export function differingDirectory(
  source: Entry,
  dest: Entry,
  setup: StoresSetup,
  givesAway: boolean,
): Aspect[] {
  const what = differing(source, dest, setup, givesAway);
  const isUndressed = setup.dest.keepsDirectories === true && dest.mtimeNs === undefined;
  return isUndressed && setup.keep.times && source.mtimeNs !== undefined ? [...what, 'mtimeNs'] : what;
}

/** As far as it may be given; `groups`: to those of a user, where that is known, or to all, and to all users. */
function sameOwner(
  { owner: a }: Entry,
  { owner: b }: Entry,
  groups: readonly number[] | 'all' | undefined,
): boolean {
  if (!a || !b) return true;
  if (groups === 'all') return a.uid === b.uid && a.gid === b.gid;
  return a.gid === b.gid || groups?.includes(a.gid) === false;
}

/** What was to run as its owner does not run as another. */
function sameMode(source: Entry, dest: Entry, givesAway: boolean): boolean {
  if (source.kind === 'symlink' || source.mode === undefined || dest.mode === undefined) return true;
  if (source.mode === dest.mode) return true;
  const [a, b] = [source.owner, dest.owner];
  const isOther = !givesAway && (a?.uid !== b?.uid || a?.gid !== b?.gid);
  return isOther && dest.mode === (source.mode & ~setIds);
}

/** What differs and stays so, of an entry that is otherwise the same. */
export function staysOther(source: Entry, dest: Entry, setup: StoresSetup): Aspect[] {
  const { keep } = setup;
  const what: Aspect[] = [];
  const [a, b] = [source.owner, dest.owner];
  if (keep.owner && a && b && (a.uid !== b.uid || a.gid !== b.gid)) what.push('owner');
  const isMode = source.kind !== 'symlink' && source.mode !== undefined && dest.mode !== undefined;
  if (keep.mode && isMode && source.mode !== dest.mode) what.push('mode');
  if (keep.times && source.mtimeNs !== undefined && !sameTime(source, dest, setup)) what.push('mtimeNs');
  return what;
}

/** What of an entry that is there could not be kept then. */
export function lostAnyway(source: Entry, dest: Entry, setup: StoresSetup): Partial<Record<Topic, number>> {
  return lostUntimed(source, staysOther(source, dest, setup), setup);
}

/** As `lostOf`, of what was not given a time now: a batch may have kept more of it than is told here. */
export function lostUntimed(
  entry: Entry,
  unkept: Unkept,
  setup: StoresSetup,
): Partial<Record<Topic, number>> {
  const { clock, ...lost } = lostOf(entry, unkept, setup);
  return clock === undefined || setup.batches ? lost : { ...lost, clock };
}

/**
 * What was not kept of an entry, as the report counts it; of a time it says what becomes of it anyway. With its owner it
 * loses what makes it run as him: no mode is lost by that.
 */
export function lostOf(entry: Entry, unkept: Unkept, setup: StoresSetup): Partial<Record<Topic, number>> {
  const { mode = 0 } = entry;
  const goesWithOwner = unkept.includes('owner') && (mode & setIds) !== 0;
  const time = setup.keep.times ? lostTime(entry, setup) : undefined;
  return {
    ...(unkept.includes('owner') && { owner: 1 }),
    ...(unkept.includes('mode') && !goesWithOwner && { mode: 1 }),
    ...(time ? { [time]: 1 } : unkept.includes('mtimeNs') && { times: 1 }),
  };
}
