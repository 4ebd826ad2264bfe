/** Why an attribute was not taken: the place or our rights cannot hold it, or it could not be written this time. */
import { statfsSync } from 'node:fs';
import * as c from '../../../work/posix/constants.ts';
import type { Attributed } from './xattrs.ts';

const littleBytes = 1024 * 1024; // with less, what does not fit would fit elsewhere on this disk
const fewInodes = 128; // where attributes are taken from their room

/** Whether it may well be taken another time: the disk is full or broken, which is not what the place is like. */
export function isFailure(errno: number, to: Attributed): boolean {
  if (errno === -c.EDQUOT || errno === -c.EIO) return true;
  return errno === -c.ENOSPC && isFull(to); // some say the same of what is too long for them
}

function isFull(to: Attributed): boolean {
  const at = 'fd' in to ? `/proc/thread-self/fd/${to.fd}` : to.path.subarray(0, to.path.lastIndexOf('/'));
  const { bavail, bsize, ffree, files } = statfsSync(at);
  return bavail * bsize < littleBytes || (files > 0 && ffree < fewInodes);
}
