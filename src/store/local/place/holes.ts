/** Holes in files: whether the destination could keep them. */
import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import { Stat } from '../../../work/posix/stat.ts';

const made = new Stat();

/** Whether a file that has holes was filled up, because the file system knows none. */
export function losesHoles(input: number, output: number, { size, blocks }: Stat): boolean {
  if (blocks * 512 >= size || !hasHole(input, size) || hasHole(output, size)) return false;
  return made.of(output) === 0 && made.blocks * 512 >= size;
}

/** Every file has one at its end. */
function hasHole(fd: number, size: number): boolean {
  const at = libc.lseek(fd, 0, c.SEEK_HOLE);
  return at >= 0 && at < size;
}
