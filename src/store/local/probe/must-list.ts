/** Whether a directory can be read at all, asked before a run begins. */

import * as libc from '../../../work/posix/libc.ts';
import { openDirectory } from '../../../work/posix/open-directory.ts';
import { trouble } from '../fault.ts';

/** Throws 'denied', 'missing' or 'io', with the path, where it cannot be listed. */
export function reach(directory: Uint8Array): void {
  const fd = openDirectory(directory);
  if (fd < 0) throw trouble(directory, fd, 'list');
  libc.close(fd);
}
