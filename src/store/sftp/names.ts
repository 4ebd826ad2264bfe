/** Names beside an entry. */
import { join } from '../../work/posix/path.ts';
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

/** A path below an absolute one; either may be all there is. */
export function inside(dir: Uint8Array, path: Uint8Array): Uint8Array {
  return dir.length === 1 && path.length > 0 ? Buffer.concat([dir, path]) : join(dir, path);
}
