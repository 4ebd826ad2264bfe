/** One entry of a local store, looked at by path; and what the place itself is called. */
import { readlinkSync } from 'node:fs';
import * as c from '../../work/posix/constants.ts';
import { readlinkat } from '../../work/posix/libc.ts';
import { block } from '../../work/posix/memory.ts';
import { Opened } from '../../work/posix/opened.ts';
import { Stat } from '../../work/posix/stat.ts';
import type { Entry } from '../entry.ts';
import { itself, type RelativePath } from '../path.ts';
import { entryAt, entryOf } from './entry.ts';
import { ifThere } from './held-name.ts';
import { type Root, whole } from './root.ts';

const stat = new Stat();
const target = block(64 * 1024);

/** Follows a symlink only where it is the place itself and leads to a directory. */
export function lookAt(root: Root, path: RelativePath): Entry | undefined {
  const followed = path.length === 0 ? root.directory(itself, c.O_PATH) : -1;
  if (followed >= 0) {
    using directory = new Opened(followed);
    stat.of(directory.fd);
    return entryOf(path, stat);
  }
  let entry: Entry | undefined;
  ifThere(root, path, 'look at', (at) => {
    const failed = stat.at(at.dir, at.name);
    const found = failed < 0 ? failed : entryAt(path, stat, at);
    if (typeof found === 'number') return found;
    entry = found;
    return 0;
  });
  return entry;
}

export function readLink(root: Root, path: RelativePath): Uint8Array | undefined {
  const length = ifThere(root, path, 'look at', ({ dir, name }) =>
    readlinkat(dir, name, target.at, target.bytes.length),
  );
  return length === undefined ? undefined : new Uint8Array(target.bytes.subarray(0, length));
}

/** The place's path without a symlink, but for its own last name where that leads to no directory. */
export function canonical(root: Root): Uint8Array | undefined {
  const directory = root.directory(itself, c.O_PATH);
  if (directory >= 0) {
    using opened = new Opened(directory);
    return pathOf(opened.fd);
  }
  let above: Uint8Array | undefined;
  ifThere(root, itself, 'look at', ({ dir }) => {
    above = pathOf(dir);
    return 0;
  });
  return above && whole(above, root.name(itself));
}

/** Of an open directory. */
function pathOf(fd: number): Uint8Array {
  return readlinkSync(`/proc/thread-self/fd/${fd}`, 'buffer');
}
