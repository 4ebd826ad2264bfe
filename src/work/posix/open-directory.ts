import * as c from './constants.ts';
import { openat } from './libc.ts';
import { Slot } from './memory.ts';

const slot = new Slot();

/**
 * A directory by its whole path, symlinks followed, to be closed by the caller; a negative error number where it cannot
 * be opened so. With `O_PATH` it may be passed through, not listed.
 */
export function openDirectory(path: Uint8Array, flags: number = c.O_RDONLY): number {
  return openat(c.AT_FDCWD, slot.put(path), flags | c.O_DIRECTORY | c.O_CLOEXEC, 0);
}
