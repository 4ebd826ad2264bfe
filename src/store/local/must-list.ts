/** Whether a directory can be read at all, asked before a run begins. */
import * as c from '../../work/posix/constants.ts';
import * as libc from '../../work/posix/libc.ts';
import { Slot } from '../../work/posix/memory.ts';
import { trouble } from './fault.ts';

const slot = new Slot();

/** Throws 'denied', 'missing' or 'io', with the path, where it cannot be listed. */
export function reach(directory: Uint8Array): void {
  const fd = libc.openat(c.AT_FDCWD, slot.put(directory), c.O_RDONLY | c.O_DIRECTORY | c.O_CLOEXEC, 0);
  if (fd < 0) throw trouble(directory, fd, 'list');
  libc.close(fd);
}
