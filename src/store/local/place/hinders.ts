/** What keeps a destination from being written to, where the error number alone leads astray. */
import { statfsSync } from 'node:fs';
import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import { Slot } from '../../../work/posix/memory.ts';
import { openUnder } from '../../../work/posix/open-under.ts';
import { Opened } from '../../../work/posix/opened.ts';
import { Stat } from '../../../work/posix/stat.ts';

const slot = new Slot();
const itself = Buffer.from('.');
const slash = 0x2f;

/** A disk that has room says the same. */
export function lacksInodes(dest: number): boolean {
  const { bavail, ffree, files } = statfsSync(`/proc/thread-self/fd/${dest}`);
  return files > 0 && ffree === 0 && bavail > 0;
}

/** Not only something that is mounted below it. It is tried: a disk that failed does not say that it is. */
export function isReadOnly(dest: number): boolean {
  const made = libc.openat(dest, slot.put(itself), c.O_TMPFILE | c.O_WRONLY | c.O_CLOEXEC, 0o600);
  if (made >= 0) libc.close(made);
  return made === -c.EROFS;
}

/** Whether what has this path, or the directory that it is in, is immutable or append-only, also for root. */
export function isFixed(dest: number, path: Uint8Array): boolean {
  const above = path.subarray(0, Math.max(0, path.lastIndexOf(slash)));
  return [path, above].some((each) => {
    const fd = openUnder(dest, each, c.O_PATH);
    if (fd < 0) return false;
    using opened = new Opened(fd);
    const stat = new Stat();
    return stat.of(opened.fd) === 0 && stat.isFixed;
  });
}
