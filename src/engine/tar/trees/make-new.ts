/** Directories of this disk that nobody has made yet. */

import { type RelativePath, splitPath } from '../../../store/path.ts';
import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import { Slot } from '../../../work/posix/memory.ts';
import { openDirectory } from '../../../work/posix/open-directory.ts';
import { openUnder } from '../../../work/posix/open-under.ts';
import { Opened } from '../../../work/posix/opened.ts';

const slot = new Slot();
const flags = c.O_RDONLY | c.O_DIRECTORY;

/** The place itself; its descriptor is negative where it cannot be opened. */
export function openRoot(path: Uint8Array): Opened {
  return new Opened(openDirectory(path));
}

/** Makes a directory for nobody else, below one that is there; false where it is taken, or cannot be made. */
export function makeNew(root: number, path: RelativePath): boolean {
  const { dir, name } = splitPath(path);
  using parent = new Opened(openUnder(root, dir, flags));
  return parent.fd >= 0 && libc.mkdirat(parent.fd, slot.put(name), 0o700) === 0;
}
