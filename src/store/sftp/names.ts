/** Names beside an entry. */
import { inside } from '../../work/posix/path.ts';
import { itself, type RelativePath, splitPath } from '../path.ts';
import type { Root } from './root.ts';

/** The directory an entry is in, as far as it is below the place. */
export function parentPath(path: RelativePath): RelativePath {
  return path.length === 0 ? itself : splitPath(path).dir;
}

/** A name in the directory that an entry is in, on the server. */
export function beside(root: Root, path: RelativePath, name: Uint8Array): Uint8Array {
  return inside(root.above(path), name);
}
