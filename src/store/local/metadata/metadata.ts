/** Owners, modes and times: compared, and put on what was just made or is to be repaired. */

import type { Preserve } from '../../../request.ts';
import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import { block } from '../../../work/posix/memory.ts';
import type { Stat } from '../../../work/posix/stat.ts';
import { setIds } from '../../entry.ts';
import type { Holder } from '../probe/holder.ts';
import { type Attributed, type Attributes, carryAttributes } from './xattrs.ts';

const times = block(32);
const timeInts = new Int32Array(times.bytes.buffer, times.bytes.byteOffset, 8);

/** What could not be kept, counted. */
export type Lost = {
  owner: number;
  mode: number;
  times: number;
  xattr: number;
  acl: number;
  clock: number; // its time is what the destination's steps make of it
  sparse: number; // its holes were filled
};

/** For the many of which everything was kept. */
export const nothing: Readonly<Lost> = {
  owner: 0,
  mode: 0,
  times: 0,
  xattr: 0,
  acl: 0,
  clock: 0,
  sparse: 0,
};

export function nothingLost(): Lost {
  return { ...nothing };
}

export function addLost(total: Lost, more: Readonly<Lost>): void {
  for (const key of Object.keys(more) as (keyof Lost)[]) total[key] += more[key];
}

/** Access and modification time of the source, as the C library takes them, until the next call. */
export function timesOf(stat: Stat): number {
  const words = stat.words;
  timeInts[0] = words[16]!;
  timeInts[1] = words[17]!;
  timeInts[2] = words[18]!;
  timeInts[4] = words[28]!;
  timeInts[5] = words[29]!;
  timeInts[6] = words[30]!;
  return times.at;
}

/** Whether the modification times are the same, as finely as the destination can hold them. */
export function sameTime(source: Stat, dest: Stat, clock: Clock): boolean {
  const seconds = source.words[28] === dest.words[28] && source.words[29] === dest.words[29];
  if (seconds && source.mtimeNs === dest.mtimeNs) return true;
  if (isBeyond(source, clock)) return Math.abs(nearest(source, clock) - dest.mtimeSeconds) < coarsest;
  if (clock.timeStepNs <= 1) return false;
  const apart = (source.mtimeSeconds - dest.mtimeSeconds) * 1e9 + (source.mtimeNs - dest.mtimeNs);
  return Math.abs(apart) < clock.timeStepNs;
}

type Clock = Pick<Holder, 'timeStepNs' | 'earliest' | 'latest'>;

const coarsest = 2; // seconds

function nearest({ mtimeSeconds }: Stat, { earliest, latest }: Clock): number {
  return Math.min(Math.max(mtimeSeconds, earliest), latest);
}

/** Whether the destination's times end before, or begin after. */
export function isBeyond(source: Stat, clock: Clock): boolean {
  return nearest(source, clock) !== source.mtimeSeconds;
}

/** Whether owner and group are the source's, as far as this user may change them. */
export function sameOwner(source: Stat, dest: Stat, keep: Preserve, { groups }: Holder): boolean {
  if (!keep.owner) return true;
  if (groups) return source.gid === dest.gid || !groups.includes(source.gid);
  return source.uid === dest.uid && source.gid === dest.gid;
}

/** What differs and has to stay so, of something that is otherwise the same. */
export function lostAnyway(source: Stat, dest: Stat, keep: Preserve, holder: Holder): Readonly<Lost> {
  const { holdsModes } = holder;
  const owner = keep.owner && (source.uid !== dest.uid || source.gid !== dest.gid);
  const mode = keep.mode && !holdsModes && source.mode !== dest.mode && source.type !== c.S_IFLNK;
  const isTime =
    !keep.times || (source.mtimeNs === dest.mtimeNs && source.mtimeSeconds === dest.mtimeSeconds);
  if (!owner && !mode && isTime) return nothing;
  return {
    ...nothing,
    owner: owner ? 1 : 0,
    mode: mode ? 1 : 0,
    ...(isTime ? {} : lostTime(source, holder)),
  };
}

/** What becomes of a time that was set: between two steps of the destination's clock, or beyond its ends. */
export function lostTime(source: Stat, holder: Holder): Pick<Lost, 'times' | 'clock'> {
  const { mtimeSeconds, mtimeNs } = source;
  const { timeStepNs } = holder;
  if (isBeyond(source, holder)) return { times: 1, clock: 0 };
  const isBetween = mtimeNs % timeStepNs !== 0 || mtimeSeconds % Math.ceil(timeStepNs / 1e9) !== 0;
  return { times: 0, clock: isBetween ? 1 : 0 };
}

/** Whether the mode is the source's, as far as the destination holds what it is given, and its owner may have it. */
export function sameMode(source: Stat, dest: Stat, keep: Preserve, { holdsModes }: Holder): boolean {
  if (!keep.mode || !holdsModes || source.mode === dest.mode || source.type === c.S_IFLNK) return true;
  const isOwned = source.uid === dest.uid && source.gid === dest.gid;
  return dest.mode === modeUnder(source, isOwned);
}

/** The mode to be given: what was to run as its owner does not run as another. */
export function modeUnder({ mode, type }: Stat, isOwned: boolean): number {
  return isOwned || type !== c.S_IFREG ? mode : mode & ~setIds;
}

/**
 * Gives an open file or directory the source's owner, mode, attributes and times, in the order that keeps each; says what was
 * lost, or answers a negative error number.
 */
export function dress(
  fd: number,
  source: Stat,
  present: Stat,
  attributes: Attributes | undefined,
  keep: Preserve,
  holder: Holder,
): Lost | number {
  const lost = nothingLost();
  let mode = present.mode;
  if (keep.owner && (present.uid !== source.uid || present.gid !== source.gid)) {
    lost.owner = own((uid, gid) => libc.fchown(fd, uid, gid), source, present, holder);
    mode = -1; // giving away clears setuid
  }
  const wanted = modeUnder(source, lost.owner === 0);
  if (keep.mode && mode !== wanted && (libc.fchmod(fd, wanted) < 0 || !holder.holdsModes)) lost.mode = 1;
  const failed = attributes ? carry(attributes, { fd }, keep, lost) : 0;
  if (keep.times && libc.futimens(fd, timesOf(source)) < 0) lost.times = 1;
  else if (keep.times) Object.assign(lost, lostTime(source, holder));
  return failed < 0 ? failed : lost;
}

/** Changes owner and group with `change`, or at least the group; answers 1 where the owner could not be kept. */
export function own(
  change: (uid: number, gid: number) => number,
  source: Stat,
  present: Stat,
  holder: Holder,
): number {
  if (change(source.uid, source.gid) === 0) return 0;
  if (holder.uid === 0) return 1;
  const groupKept = source.gid === present.gid || change(0xffffffff, source.gid) === 0;
  return groupKept && source.uid === present.uid ? 0 : 1;
}

/** Carries extended attributes and ACLs over; 0, or a negative error number. */
export function carry(from: Attributes, to: Attributed, keep: Preserve, lost: Lost): number {
  const unkept = carryAttributes(from, to, keep);
  lost.xattr += unkept.xattr;
  lost.acl += unkept.acl;
  return unkept.failed;
}
