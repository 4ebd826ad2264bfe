/** Whether a file of the right size at the destination is the source's: by its time, or by its bytes where times are not kept. */

import { sameTime } from '../../store/local/metadata/metadata.ts';
import { sameBytes } from '../../store/local/place/bytes.ts';
import type { At, Both } from '../../store/local/place/place.ts';
import * as c from '../../work/posix/constants.ts';
import * as libc from '../../work/posix/libc.ts';
import type { Here } from './here.ts';
import type { Lane } from './lane.ts';

export function sameContent({ lane, prints }: Here, { from, to, stat, present }: Both): boolean {
  const { checksum, keep, holder } = lane.setup;
  if (keep.times && !checksum) return sameTime(stat, present, holder);
  if (!checksum && prints.isUntouched(present)) return true;
  return equalBytes(lane, from, to, stat.size);
}

/** Reads both; anything that cannot be read counts as different, so that copying it says why. */
function equalBytes(lane: Lane, from: At, to: At, size: number): boolean {
  const flags = c.O_RDONLY | c.O_NOFOLLOW | c.O_NONBLOCK | c.O_CLOEXEC;
  const a = libc.openat(from.dir, from.name, flags, 0);
  const b = libc.openat(to.dir, to.name, flags, 0);
  try {
    return a >= 0 && b >= 0 && sameBytes(a, b, size, lane.how.before) === 'same';
  } finally {
    if (a >= 0) libc.close(a);
    if (b >= 0) libc.close(b);
  }
}
