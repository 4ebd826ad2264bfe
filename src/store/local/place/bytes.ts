/**
 * Moves the bytes of one file, or of a range of it, between two open files: in the kernel where it can, else
 * through one reused buffer. Holes stay holes.
 */
import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import { block } from '../../../work/posix/memory.ts';

const step = 4 * 1024 * 1024;
const buffer = block(1024 * 1024);

/** Said before each step moves; false stops the copy with ECANCELED. */
export type Before = (bytes: number) => boolean;

export const ECANCELED = 125;

/** Why bytes did not move: an error, and the side that it came from. */
export type Unmoved = { readonly errno: number; readonly side: 'read' | 'write' };

/** The source is shorter than it said: some systems say so only when it is read. */
export const endedEarly: Unmoved = { errno: -c.ENODATA, side: 'read' };

const canceled: Unmoved = { errno: -ECANCELED, side: 'read' };

/** Two open files: what is read, and what is written. */
type Files = { readonly from: number; readonly to: number };

/**
 * Moves `length` bytes at `offset`, without holes where it is `sparse`; undefined when that is done. A source that ends before
 * what it said of itself is `endedEarly`.
 */
export function moveRange(
  files: Files & { readonly sparse: boolean },
  { offset, length }: { readonly offset: number; readonly length: number },
  before: Before,
): Unmoved | undefined {
  const end = offset + length;
  if (!files.sparse) return moveData(files, offset, end, before);
  let at = offset;
  while (at < end) {
    const data = libc.lseek(files.from, at, c.SEEK_DATA);
    if (data === -c.ENXIO || data >= end) return undefined;
    if (data < 0) return moveData(files, at, end, before); // no holes known here
    const hole = Math.min(end, Math.max(data + 1, libc.lseek(files.from, data, c.SEEK_HOLE)));
    const unmoved = moveData(files, data, hole, before);
    if (unmoved) return unmoved;
    at = hole;
  }
  return undefined;
}

const inKernel = block(16);
const kernelOffsets = new BigInt64Array(inKernel.bytes.buffer, inKernel.bytes.byteOffset, 2);
let kernelCopies = true;

function moveData(files: Files, offset: number, end: number, before: Before): Unmoved | undefined {
  let at = offset;
  while (at < end) {
    const bytes = Math.min(step, end - at);
    if (!before(bytes)) return canceled;
    const quick = kernelCopies ? kernelStep(files, at, bytes) : 0;
    const moved = quick > 0 ? quick : pieceStep(files, at, bytes);
    if (typeof moved !== 'number') return moved;
    if (moved === 0) return endedEarly;
    at += moved;
  }
  return undefined;
}

/** Bytes moved inside the kernel; 0 or a negative number when a plain copy has to say whether that is the end. */
function kernelStep({ from, to }: Files, at: number, bytes: number): number {
  kernelOffsets[0] = BigInt(at);
  kernelOffsets[1] = BigInt(at);
  const moved = libc.copyFileRange(from, inKernel.at, to, inKernel.at + 8, bytes, 0);
  if (moved === -c.EXDEV || moved === -c.EOPNOTSUPP || moved === -c.ENOSYS || moved === -c.EINVAL)
    kernelCopies = false;
  return moved;
}

/** Bytes moved through the buffer, 0 at the end of the source. */
function pieceStep({ from, to }: Files, at: number, bytes: number): number | Unmoved {
  let moved = 0;
  while (moved < bytes) {
    const got = libc.pread(from, buffer.at, Math.min(buffer.bytes.length, bytes - moved), at + moved);
    if (got < 0) return { errno: got, side: 'read' };
    if (got === 0) break;
    const failed = writeAll(to, at + moved, got);
    if (failed < 0) return { errno: failed, side: 'write' };
    moved += got;
  }
  return moved;
}

function writeAll(to: number, at: number, bytes: number): number {
  let done = 0;
  while (done < bytes) {
    const wrote = libc.pwrite(to, buffer.at + done, bytes - done, at + done);
    if (wrote < 0) return wrote;
    done += wrote;
  }
  return done;
}

/** Shares all blocks of the source where the file system can: at once, whatever the size. */
export function clone(from: number, to: number): boolean {
  return libc.ioctl(to, c.FICLONE, from) === 0;
}

const left = block(256 * 1024);
const right = block(256 * 1024);

/** Whether two open files hold the same `size` bytes, or why that is not known: the second is the side that is written. */
export function sameBytes(
  a: number,
  b: number,
  size: number,
  before: Before,
): 'same' | 'different' | Unmoved {
  for (let at = 0; at < size; ) {
    at = size > left.bytes.length ? afterHoles(a, b, at, size) : at;
    const want = Math.min(left.bytes.length, size - at);
    if (!before(want)) return canceled;
    const gotA = readFully(a, left.at, want, at);
    const gotB = readFully(b, right.at, want, at);
    if (gotA < 0) return { errno: gotA, side: 'read' };
    if (gotB < 0) return { errno: gotB, side: 'write' };
    if (gotA !== gotB || left.bytes.compare(right.bytes, 0, gotB, 0, gotA) !== 0) return 'different';
    if (gotA === 0) return 'different';
    at += gotA;
  }
  return 'same';
}

/** Where one of both goes on with data; no further than the last byte, which shows whether they are as long as they were. */
function afterHoles(a: number, b: number, at: number, size: number): number {
  return Math.min(dataAfter(a, at), dataAfter(b, at), size - 1);
}

function dataAfter(fd: number, at: number): number {
  const data = libc.lseek(fd, at, c.SEEK_DATA);
  if (data === -c.ENXIO) return Number.POSITIVE_INFINITY;
  return data < 0 ? at : data; // no holes known here
}

function readFully(fd: number, into: number, bytes: number, at: number): number {
  let got = 0;
  while (got < bytes) {
    const more = libc.pread(fd, into + got, bytes - got, at + got);
    if (more < 0) return more;
    if (more === 0) break;
    got += more;
  }
  return got;
}
