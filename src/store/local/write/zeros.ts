/** Bytes that are all zero, of a source that does not tell its holes: they become one here, as with `rsync -S`. */
import { fallocate } from '../../../work/posix/libc.ts';
import { isHoleWorthy } from '../../../work/zeros.ts';

const FALLOC_FL_KEEP_SIZE = 1;
const FALLOC_FL_PUNCH_HOLE = 2;

/** Whether `bytes` are a hole at `at` now; what cannot be one has to be written. What was there before is gone. */
export function isHole(fd: number, bytes: Uint8Array, at: number): boolean {
  if (!isHoleWorthy(bytes)) return false;
  return fallocate(fd, FALLOC_FL_KEEP_SIZE | FALLOC_FL_PUNCH_HOLE, at, bytes.length) === 0;
}
