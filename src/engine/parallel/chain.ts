/**
 * Directories above a listed name: made at the destination, with the source's metadata, where they are missing or
 * something of another type is in the way.
 */
import type { Directory } from '../../profile/visitor.ts';
import { Target } from '../../store/local/place/target.ts';
import * as c from '../../work/posix/constants.ts';
import * as libc from '../../work/posix/libc.ts';
import { Slot } from '../../work/posix/memory.ts';
import { isAbsent, openUnder } from '../../work/posix/open-under.ts';
import type { Lane } from './lane.ts';
import { dressLike, modeLike } from './like-source.ts';

const slot = new Slot();
const slash = 0x2f;

/** Opens a directory of the source at the destination, made where it was only listed; or a negative error number. */
export function openTarget(lane: Lane, dir: Directory, isFirstLook: boolean): number {
  const { dryRun } = lane.setup;
  const fd = lane.dest < 0 || (dryRun && dir.fresh) ? -c.ENOENT : lane.dests.open(dir.path);
  const isListed = dir.slice === 0 && !dir.whole; // nobody has walked to it
  if (fd !== -c.ENOENT && !(isListed && isAbsent(fd))) return fd;
  if (dir.whole || dir.fresh || dir.path.length === 0) return fd;
  if (!dryRun) return ensureChain(lane, dir.path);
  if (isFirstLook) missingChain(lane, dir.path);
  return -c.ENOENT;
}

/** The directory `path` with those above it. */
function ensureChain(lane: Lane, path: Uint8Array): number {
  for (let end = path.indexOf(slash); ; end = path.indexOf(slash, end + 1)) {
    const part = end < 0 ? path : path.subarray(0, end);
    const fd = ensure(lane, part);
    if (fd < 0 || end < 0) return fd;
    libc.close(fd);
  }
}

/** In a dry run: says which of them would be made. */
function missingChain(lane: Lane, path: Uint8Array): void {
  for (let end = path.indexOf(slash); ; end = path.indexOf(slash, end + 1)) {
    const part = end < 0 ? path : path.slice(0, end);
    const fd = openUnder(lane.dest, part, c.O_RDONLY | c.O_DIRECTORY);
    if (isAbsent(fd) || lane.dest < 0) lane.ledger.did('make', () => part, 0);
    if (fd >= 0) libc.close(fd);
    if (end < 0) return;
  }
}

function ensure(lane: Lane, path: Uint8Array): number {
  const there = openUnder(lane.dest, path, c.O_RDONLY | c.O_DIRECTORY);
  if (!isAbsent(there)) return there;
  const cut = path.lastIndexOf(slash);
  const above = path.subarray(0, Math.max(0, cut));
  const parent = openUnder(lane.dest, above, c.O_RDONLY | c.O_DIRECTORY);
  if (parent < 0) return parent;
  const target = new Target(parent);
  const mode = modeLike(lane, path);
  const name = slot.put(path.subarray(cut + 1));
  const made = target.change(() => {
    const inWay = there === -c.ENOENT ? 0 : libc.unlinkat(parent, name, 0);
    const isFree = inWay === 0 || inWay === -c.ENOENT || inWay === -c.EISDIR; // another lane was here
    return isFree ? libc.mkdirat(parent, name, mode) : inWay;
  });
  dressLike(lane, above, target); // it may have been made writable for the time
  libc.close(parent);
  if (made < 0 && made !== -c.EEXIST) return made;
  if (made === 0) lane.ledger.did('make', () => path, 0);
  const fd = openUnder(lane.dest, path, c.O_RDONLY | c.O_DIRECTORY);
  const failed = fd < 0 ? fd : dressLike(lane, path, new Target(fd));
  if (fd >= 0 && failed < 0) libc.close(fd);
  return failed < 0 ? failed : fd;
}
