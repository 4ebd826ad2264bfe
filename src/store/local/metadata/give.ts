/** Owner, mode and time, put on what a local store made or is told to change. */
import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import { block, constant, Slot } from '../../../work/posix/memory.ts';
import { type Metadata, setIds, type Unkept } from '../../entry.ts';

const nothing = constant('');
const slot = new Slot();
const times = block(32);
const timeWords = new BigInt64Array(times.bytes.buffer, times.bytes.byteOffset, 4);
const second = 1_000_000_000n;
const now = 0x3fffffffn; // some FUSE file systems take both times or, in silence, none
const sameUser = 0xffffffff;
/** On an open file, or on whatever a descriptor of O_PATH stands for. */
export function give(fd: number, { owner, mode, mtimeNs }: Metadata): Unkept {
  const unkept: (keyof Metadata)[] = [];
  if (owner && !giveOwner(fd, owner)) unkept.push('owner');
  if (mode !== undefined && !giveMode(fd, mode, unkept.length === 0)) unkept.push('mode');
  if (mtimeNs !== undefined && !giveTime(fd, mtimeNs)) unkept.push('mtimeNs');
  return unkept;
}

/** The group at least, where we may not give it away. */
function giveOwner(fd: number, { uid, gid }: NonNullable<Metadata['owner']>): boolean {
  const change = (user: number) => libc.fchownat(fd, nothing, user, gid, c.AT_EMPTY_PATH) === 0;
  if (change(uid)) return true;
  change(sameUser);
  return false;
}

/** What was to run as its owner does not run as another. */
function giveMode(fd: number, mode: number, isOwned: boolean): boolean {
  const given = isOwned ? mode : mode & ~setIds;
  const direct = libc.fchmod(fd, given);
  const failed = direct === -c.EBADF ? libc.fchmodat(c.AT_FDCWD, pathOf(fd), given, 0) : direct;
  return failed === 0 && given === mode;
}

function giveTime(fd: number, ns: bigint): boolean {
  const rest = ((ns % second) + second) % second;
  timeWords.set([0n, now, (ns - rest) / second, rest]);
  const direct = libc.futimens(fd, times.at);
  return (direct === -c.EBADF ? libc.utimensat(c.AT_FDCWD, pathOf(fd), times.at, 0) : direct) === 0;
}

/** A name for what is open, symlinks too: followed, it leads there and no further. */
function pathOf(fd: number): number {
  return slot.put(Buffer.from(`/proc/thread-self/fd/${fd}`));
}
