import { join } from '../../work/posix/path.ts';
import type { BigFile } from '../jobs.ts';

/** Where a large file is, from its place on. */
export function bigPath(file: BigFile): Uint8Array {
  return join(file.dir, bigName(file));
}

/** Its name, which is packed for those who walk to it. */
export function bigName({ name }: BigFile): Uint8Array {
  return name.subarray(0, -1);
}
