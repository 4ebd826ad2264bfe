/** Owners, modes and times: compared, as finely as the destination can hold them, and what is lost of them. */

import * as c from '../../../work/posix/constants.ts';
import type { Stat } from '../../../work/posix/stat.ts';
import { setIds } from '../../entry.ts';
import type { Holder, KeepHow } from '../probe/holder.ts';

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
export function sameOwner(source: Stat, dest: Stat, { keep, holder }: KeepHow): boolean {
  const { groups } = holder;
  if (!keep.owner) return true;
  if (groups) return source.gid === dest.gid || !groups.includes(source.gid);
  return source.uid === dest.uid && source.gid === dest.gid;
}

/** What differs and has to stay so, of something that is otherwise the same. */
export function lostAnyway(source: Stat, dest: Stat, { keep, holder }: KeepHow): Readonly<Lost> {
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
export function sameMode(source: Stat, dest: Stat, { keep, holder }: KeepHow): boolean {
  if (!keep.mode || !holder.holdsModes || source.mode === dest.mode || source.type === c.S_IFLNK) return true;
  const isOwned = source.uid === dest.uid && source.gid === dest.gid;
  return dest.mode === modeUnder(source, isOwned);
}

/** The mode to be given: what was to run as its owner does not run as another. */
export function modeUnder({ mode, type }: Stat, isOwned: boolean): number {
  return isOwned || type !== c.S_IFREG ? mode : mode & ~setIds;
}
