/**
 * Paths inside a Store: bytes, relative to the place, checked once. The type says that it was done, so nobody
 * who is given one checks again.
 */
import { join } from '../work/posix/path.ts';

declare const checked: unique symbol;

/** Names between single slashes; none of them is empty, `.` or `..`. The empty path is the place itself. */
export type RelativePath = Uint8Array & { readonly [checked]: true };

export const itself = new Uint8Array(0) as RelativePath;

const slash = 0x2f;
const dot = 0x2e;

/** The path these bytes are; undefined where they lead out of the place, or nowhere. */
export function relativePath(bytes: Uint8Array): RelativePath | undefined {
  if (bytes.length === 0) return itself;
  for (let start = 0; start <= bytes.length; ) {
    const next = bytes.indexOf(slash, start);
    const end = next < 0 ? bytes.length : next;
    if (!isName(bytes, start, end)) return undefined;
    start = end + 1;
  }
  return bytes as RelativePath;
}

/** The path of a name in a directory; undefined where it is not one name. */
export function below(dir: RelativePath, name: Uint8Array): RelativePath | undefined {
  if (!isOneName(name)) return undefined;
  return join(dir, name) as RelativePath;
}

/** Whether it, or what is from `start` to `end`, is the name of something in a directory. */
export function isOneName(bytes: Uint8Array, start = 0, end = bytes.length): boolean {
  return isName(bytes, start, end) && !has(bytes, slash, start, end);
}

/** A name in the directory that an entry is in. */
export function beside(path: RelativePath, name: Uint8Array): RelativePath {
  return join(splitPath(path).dir, name) as RelativePath;
}

/** The directory a path is in, and its name there; the place itself is in itself, and has none. */
export function splitPath(path: RelativePath): { readonly dir: RelativePath; readonly name: Uint8Array } {
  let at = path.length - 1;
  while (at >= 0 && path[at] !== slash) at--;
  const dir = path.subarray(0, Math.max(at, 0)) as RelativePath;
  return { dir, name: path.subarray(at + 1) };
}

function isName(bytes: Uint8Array, start: number, end: number): boolean {
  if (start === end || has(bytes, 0, start, end)) return false;
  return end - start > 2 || bytes[start] !== dot || bytes[end - 1] !== dot;
}

/** Names are short: the built-in search costs more than that. */
function has(bytes: Uint8Array, byte: number, start: number, end: number): boolean {
  for (let at = start; at < end; at++) if (bytes[at] === byte) return true;
  return false;
}
