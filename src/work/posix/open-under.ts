/**
 * Opening by path under a directory that is already open, so that nobody who swaps a component for a symlink
 * can lead us out of it.
 */
import * as c from './constants.ts';
import { close, openat, openat2 } from './libc.ts';
import { block, Slot } from './memory.ts';

const longest = 4000; // the kernel takes 4095 bytes a call
const how = block(24);
const howWords = new Uint32Array(how.bytes.buffer, how.bytes.byteOffset, 6); // three of 64 bits, each the lower half first
howWords[4] = c.RESOLVE_BENEATH | c.RESOLVE_NO_SYMLINKS | c.RESOLVE_NO_MAGICLINKS;

const slot = new Slot();
let openat2Missing = false;

/**
 * Opens `path` ('' is `root` itself) under the open directory `root` without following a symlink in any
 * component. Paths of any length. Answers a descriptor or a negative error number.
 */
export function openUnder(root: number, path: Uint8Array, flags: number): number {
  if (path.length === 0) return openat(root, slot.put(dot), flags | c.O_CLOEXEC, 0);
  if (path.length <= longest && !openat2Missing) return openStraight(root, path, flags);
  return openInHops(root, path, flags);
}

const dot = Buffer.from('.');

/** Opens a directory, for the names that are known where it may not be listed. */
export function openNamed(root: number, path: Uint8Array): number {
  const fd = openUnder(root, path, c.O_RDONLY | c.O_DIRECTORY);
  return fd === -c.EACCES ? openUnder(root, path, c.O_PATH | c.O_DIRECTORY) : fd;
}

/** What it answers where there is no such name, no directory on the way to it, or only a symlink to one. */
export function isAbsent(errno: number): boolean {
  return errno === -c.ENOENT || errno === -c.ENOTDIR || errno === -c.ELOOP;
}

function openStraight(root: number, path: Uint8Array, flags: number): number {
  howWords[0] = flags | c.O_NOFOLLOW | c.O_CLOEXEC;
  for (;;) {
    const fd = openat2(root, slot.put(path), how.at, 24);
    if (fd === -c.EAGAIN) continue; // something was renamed meanwhile
    if (fd !== -c.ENOSYS && fd !== -c.EPERM) return fd;
    openat2Missing = true;
    return openInHops(root, path, flags);
  }
}

function openInHops(root: number, path: Uint8Array, flags: number): number {
  let at = root;
  let start = 0;
  while (start < path.length) {
    const end = hopEnd(path, start);
    const last = end >= path.length;
    const hop = path.subarray(start, end);
    const hopFlags = last ? flags : c.O_PATH | c.O_DIRECTORY;
    const next = openat2Missing
      ? openat(at, slot.put(hop), hopFlags | c.O_NOFOLLOW | c.O_CLOEXEC, 0)
      : openStraight(at, hop, hopFlags);
    if (at !== root) close(at);
    if (next < 0) return next;
    at = next;
    start = end + 1;
  }
  return at;
}

/** Where this hop ends: one component where the kernel cannot guard more, else as many as it takes. */
function hopEnd(path: Uint8Array, start: number): number {
  if (openat2Missing) {
    const slash = path.indexOf(0x2f, start);
    return slash < 0 ? path.length : slash;
  }
  if (path.length - start <= longest) return path.length;
  return path.lastIndexOf(0x2f, start + longest);
}
