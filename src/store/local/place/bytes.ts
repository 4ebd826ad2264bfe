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

/** Which side an error came from. */
export type Moved = { readonly errno: number; readonly side: 'read' | 'write' };

const fine: Moved = { errno: 0, side: 'read' };

/** The source is shorter than it said: some systems say so only when it is read. */
export const endedEarly: Moved = { errno: -c.ENODATA, side: 'read' };

/** Moves `length` bytes at `offset`; a source that ends before what it said of itself is `endedEarly`. */
export function moveRange(
  from: number,
  to: number,
  offset: number,
  length: number,
  sparse: boolean,
  before: Before,
): Moved {
  if (!sparse) return moveData(from, to, offset, offset + length, before);
  const end = offset + length;
  let at = offset;
  while (at < end) {
    const data = libc.lseek(from, at, c.SEEK_DATA);
    if (data === -c.ENXIO || data >= end) return fine;
    if (data < 0) return moveData(from, to, at, end, before); // no holes known here
    const hole = Math.min(end, Math.max(data + 1, libc.lseek(from, data, c.SEEK_HOLE)));
    const moved = moveData(from, to, data, hole, before);
    if (moved.errno !== 0) return moved;
    at = hole;
  }
  return fine;
}

const inKernel = block(16);
const kernelOffsets = new BigInt64Array(inKernel.bytes.buffer, inKernel.bytes.byteOffset, 2);
let kernelCopies = true;

function moveData(from: number, to: number, offset: number, end: number, before: Before): Moved {
  let at = offset;
  while (at < end) {
    const bytes = Math.min(step, end - at);
    if (!before(bytes)) return { errno: -ECANCELED, side: 'read' };
    const moved = kernelCopies ? kernelStep(from, to, at, bytes) : -c.EXDEV;
    if (moved > 0) at += moved;
    else {
      const piece = pieceStep(from, to, at, bytes);
      if (piece.errno < 0) return piece;
      if (piece.errno === 0) return endedEarly;
      at += piece.errno;
    }
  }
  return fine;
}

/** Bytes moved inside the kernel; 0 or a negative number when a plain copy has to say whether that is the end. */
function kernelStep(from: number, to: number, at: number, bytes: number): number {
  kernelOffsets[0] = BigInt(at);
  kernelOffsets[1] = BigInt(at);
  const moved = libc.copyFileRange(from, inKernel.at, to, inKernel.at + 8, bytes, 0);
  if (moved === -c.EXDEV || moved === -c.EOPNOTSUPP || moved === -c.ENOSYS || moved === -c.EINVAL)
    kernelCopies = false;
  return moved;
}

/** Bytes moved through the buffer in `errno` when positive, 0 at the end of the source. */
function pieceStep(from: number, to: number, at: number, bytes: number): Moved {
  let moved = 0;
  while (moved < bytes) {
    const got = libc.pread(from, buffer.at, Math.min(buffer.bytes.length, bytes - moved), at + moved);
    if (got < 0) return { errno: got, side: 'read' };
    if (got === 0) break;
    const failed = writeAll(to, at + moved, got);
    if (failed < 0) return { errno: failed, side: 'write' };
    moved += got;
  }
  return { errno: moved, side: 'read' };
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

/** Whether two open files hold the same `size` bytes; a negative number is an error of the side `errorSide` names. */
export function sameBytes(a: number, b: number, size: number, before: Before): 'same' | 'different' | Moved {
  for (let at = 0; at < size; ) {
    at = size > left.bytes.length ? afterHoles(a, b, at, size) : at;
    const want = Math.min(left.bytes.length, size - at);
    if (!before(want)) return { errno: -ECANCELED, side: 'read' };
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
