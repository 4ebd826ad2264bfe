/** Puts owner, mode, attributes and times on what was just made or is to be repaired, in the order that keeps each. */

import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import { block, Slot } from '../../../work/posix/memory.ts';
import { Stat } from '../../../work/posix/stat.ts';
import type { At } from '../place/place.ts';
import type { Holder, KeepHow } from '../probe/holder.ts';
import { type Lost, lostTime, modeUnder, nothingLost } from './metadata.ts';
import { type Attributed, type Attributes, carryAttributes } from './xattrs.ts';

const times = block(32);
const timeInts = new Int32Array(times.bytes.buffer, times.bytes.byteOffset, 8);
const slot = new Slot();
const opened = new Stat();

/** What it is to look like, and looks like now. */
type Look = { readonly source: Stat; readonly present: Stat };

/**
 * Gives an open file or directory the source's owner, mode, attributes and times; says what was lost, or answers a negative
 * error number.
 */
export function dress(
  fd: number,
  { source, present, attributes }: Look & { readonly attributes: Attributes | undefined },
  how: KeepHow,
): Lost | number {
  const wearer = {
    chown: (uid: number, gid: number) => libc.fchown(fd, uid, gid),
    chmod: (mode: number) => libc.fchmod(fd, mode) === 0 && how.holder.holdsModes,
    utimes: (at: number) => libc.futimens(fd, at),
  };
  return put(wearer, { source, present, carried: attributes && { from: attributes, to: { fd } } }, how);
}

/** The same of what has a name at the destination. Never follows a symlink. */
export function redress(
  { dir, name }: At,
  { source, present, carried }: Look & { readonly carried: Carrying | undefined },
  how: KeepHow,
): Lost | number {
  const wearer = {
    chown: (uid: number, gid: number) => libc.fchownat(dir, name, uid, gid, c.AT_SYMLINK_NOFOLLOW),
    chmod: (mode: number) =>
      source.type === c.S_IFLNK || (how.holder.holdsModes && chmodAt({ dir, name }, mode) >= 0),
    utimes: (at: number) => libc.utimensat(dir, name, at, c.AT_SYMLINK_NOFOLLOW),
  };
  return put(wearer, { source, present, carried }, how);
}

/** Access and modification time of the source, as the C library takes them, until the next call. */
export function timesOf({ words }: Stat): number {
  timeInts[0] = words[16]!;
  timeInts[1] = words[17]!;
  timeInts[2] = words[18]!;
  timeInts[4] = words[28]!;
  timeInts[5] = words[29]!;
  timeInts[6] = words[30]!;
  return times.at;
}

/** How it is changed: what answers a number does so as the C library. */
type Wearer = {
  readonly chown: (uid: number, gid: number) => number;
  /** whether the mode is kept */
  readonly chmod: (mode: number) => boolean;
  readonly utimes: (times: number) => number;
};

type Carrying = { readonly from: Attributes; readonly to: Attributed };

function put(
  on: Wearer,
  { source, present, carried }: Look & { readonly carried: Carrying | undefined },
  { keep, holder }: KeepHow,
): Lost | number {
  const lost = nothingLost();
  let mode = present.mode;
  if (keep.owner && (present.uid !== source.uid || present.gid !== source.gid)) {
    lost.owner = isOwned(on, { source, present }, holder) ? 0 : 1;
    mode = -1; // giving away clears setuid
  }
  const wanted = modeUnder(source, lost.owner === 0);
  if (keep.mode && mode !== wanted && !on.chmod(wanted)) lost.mode = 1;
  const { failed, ...unkept } = carried ? carryAttributes(carried.from, carried.to, keep) : noneCarried;
  Object.assign(lost, unkept);
  if (keep.times && on.utimes(timesOf(source)) < 0) lost.times = 1;
  else if (keep.times) Object.assign(lost, lostTime(source, holder));
  return failed < 0 ? failed : lost;
}

const noneCarried = { xattr: 0, acl: 0, failed: 0 };

/** Changes owner and group, or at least the group; false where the owner could not be kept. */
function isOwned({ chown }: Wearer, { source, present }: Look, { uid }: Holder): boolean {
  if (chown(source.uid, source.gid) === 0) return true;
  if (uid === 0) return false;
  const isGroupKept = source.gid === present.gid || chown(0xffffffff, source.gid) === 0;
  return isGroupKept && source.uid === present.uid;
}

/** chmod by name follows symlinks, so it goes through a descriptor of what was looked at. */
function chmodAt({ dir, name }: At, mode: number): number {
  const fd = libc.openat(dir, name, c.O_PATH | c.O_NOFOLLOW | c.O_CLOEXEC, 0);
  if (fd < 0) return fd;
  opened.of(fd);
  const answer =
    opened.type === c.S_IFLNK
      ? -c.ELOOP
      : libc.fchmodat(c.AT_FDCWD, slot.put(Buffer.from(`/proc/thread-self/fd/${fd}`)), mode, 0);
  libc.close(fd);
  return answer;
}
