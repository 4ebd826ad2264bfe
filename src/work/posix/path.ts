/** Paths as bytes: joined, cut, and as keys. */

const slash = 0x2f;

/** `dir/name` as bytes of their own; either may be ''. */
export function join(dir: Uint8Array, name: Uint8Array): Uint8Array {
  if (dir.length === 0) return new Uint8Array(name);
  if (name.length === 0) return new Uint8Array(dir);
  const path = new Uint8Array(dir.length + 1 + name.length);
  path.set(dir);
  path[dir.length] = slash;
  path.set(name, dir.length + 1);
  return path;
}

/** A path as the key of a map, a character for each byte. */
export function pathKey(path: Uint8Array): string {
  return Buffer.from(path.buffer, path.byteOffset, path.length).toString('latin1');
}

/** A path below an absolute one; either may be all there is. */
export function inside(dir: Uint8Array, path: Uint8Array): Uint8Array {
  return dir.length === 1 && path.length > 0 ? Buffer.concat([dir, path]) : join(dir, path);
}

/** The directory that an absolute path is in; the root's is the root. */
export function directoryOf(path: Uint8Array): Uint8Array {
  return path.subarray(0, Math.max(1, path.lastIndexOf(slash)));
}

/** Without slashes at its end, but for the root's own. */
export function trimmed(path: Uint8Array): Uint8Array {
  let end = path.length;
  while (end > 1 && path[end - 1] === slash) end--;
  return path.slice(0, end);
}

/** Whether a path is below a directory, by their words. */
export function isInside(dir: Buffer, path: Buffer): boolean {
  const start = dir.at(-1) === slash ? dir : Buffer.concat([dir, Buffer.of(slash)]);
  return path.subarray(0, start.length).equals(start);
}
