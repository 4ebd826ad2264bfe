/** Symlinks, FIFOs, sockets and devices: made, compared, replaced, by name in an open directory. */
import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import { block, Slot } from '../../../work/posix/memory.ts';
import { Stat } from '../../../work/posix/stat.ts';
import type { At, Both } from './place.ts';

const target = block(64 * 1024);
const slot = new Slot();
const made = new Stat();

/** The target of a symlink as bytes of its own, or a negative error number. */
function readLink(at: At): Buffer | number {
  const length = libc.readlinkat(at.dir, at.name, target.at, target.bytes.length - 1);
  return length < 0 ? length : Buffer.from(target.bytes.subarray(0, length));
}

/** Whether what is at the destination is the same symlink, FIFO, socket or device. */
export function sameNode({ from, to, stat, present }: Both): boolean {
  if (stat.type !== present.type) return false;
  if (stat.type === c.S_IFLNK) {
    const [wanted, found] = [readLink(from), readLink(to)];
    return typeof wanted !== 'number' && typeof found !== 'number' && wanted.equals(found);
  }
  if (stat.type !== c.S_IFBLK && stat.type !== c.S_IFCHR) return true;
  return stat.rdevMajor === present.rdevMajor && stat.rdevMinor === present.rdevMinor;
}

/** Makes it under `name`, which must be free; answers what it looks like now, or a negative error number. */
export function makeNode(from: At, source: Stat, directory: number, name: number): Stat | number {
  const failed =
    source.type === c.S_IFLNK ? makeLink(from, directory, name) : makeSpecial(source, directory, name);
  if (failed < 0) return failed;
  const looked = made.at(directory, name);
  return looked < 0 ? looked : made;
}

function makeLink(from: At, directory: number, name: number): number {
  const wanted = readLink(from);
  return typeof wanted === 'number' ? wanted : libc.symlinkat(slot.put(wanted), directory, name);
}

/** A FIFO, socket or device that is like `source`. */
export function makeSpecial(source: Stat, directory: number, name: number): number {
  return libc.mknodat(
    directory,
    name,
    source.type | source.mode,
    deviceNumber(source.rdevMajor, source.rdevMinor),
  );
}

/** As the C library packs major and minor into one number. */
export function deviceNumber(major: number, minor: number): number {
  const packed =
    (BigInt(major & 0xfff) << 8n) |
    (BigInt(major >>> 12) << 44n) |
    BigInt(minor & 0xff) |
    (BigInt(minor >>> 8) << 20n);
  return Number(packed);
}
