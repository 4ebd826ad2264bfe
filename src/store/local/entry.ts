/** What statx says of a file, as an Entry of the Store. */
import * as c from '../../work/posix/constants.ts';
import type { Stat } from '../../work/posix/stat.ts';
import { checkSized } from '../../work/posix/unsized.ts';
import type { Entry, FileEntry } from '../entry.ts';
import type { RelativePath } from '../path.ts';
import type { At } from './place/place.ts';

const kinds = new Map<number, 'directory' | 'symlink' | 'fifo' | 'socket'>([
  [c.S_IFDIR, 'directory'],
  [c.S_IFLNK, 'symlink'],
  [c.S_IFIFO, 'fifo'],
  [c.S_IFSOCK, 'socket'],
]);

export function entryOf(path: RelativePath, stat: Stat): Entry {
  if (stat.type === c.S_IFREG) return fileEntry(path, stat);
  const kind = kinds.get(stat.type);
  if (kind === 'directory') return { kind, ...common(path, stat), file: fileOf(stat) };
  if (kind) return { kind, ...common(path, stat), linked: linkedOf(stat) };
  const { rdevMajor: major, rdevMinor: minor } = stat;
  return {
    kind: stat.type === c.S_IFBLK ? 'block' : 'character',
    ...common(path, stat),
    linked: linkedOf(stat),
    major,
    minor,
  };
}

/** The same of a name that was looked at, and says when its size says nothing; or a negative error number. */
export function entryAt(path: RelativePath, stat: Stat, { dir, name }: At): Entry | number {
  const entry = entryOf(path, stat);
  const failed = checkSized(dir, name, stat);
  if (failed === 0) return entry;
  return failed === -c.EUNSIZED && entry.kind === 'file' ? { ...entry, unsized: true } : failed;
}

/** The same of what is known to be a regular file. */
export function fileEntry(path: RelativePath, stat: Stat): FileEntry {
  const { size, blocks } = stat;
  return { kind: 'file', ...common(path, stat), size, allocated: blocks * 512, linked: linkedOf(stat) };
}

function linkedOf(stat: Stat): string | undefined {
  return stat.links > 1 ? fileOf(stat) : undefined;
}

function fileOf({ device, inode }: Stat): string {
  return `${device}:${inode}`;
}

/** Says "the same as then" of a file that is looked at again. */
export function printOf(stat: Stat): string {
  return stat.printText();
}

/**
 * Whether a name has what it had when it was listed, and what so may be replaced. What has several names changes with each
 * of them that is replaced or put right: of that it counts which file it is, and how long.
 */
export function isStill(stat: Stat, then: Entry): boolean {
  if (then.print === undefined) return false;
  const isShared = then.kind === 'file' && then.linked !== undefined;
  return isShared ? stat.isFile(Buffer.from(then.print, 'base64')) : printOf(stat) === then.print;
}

function common(path: RelativePath, stat: Stat) {
  const { mode, uid, gid, mtimeSeconds, mtimeNs } = stat;
  return {
    path,
    mode,
    owner: { uid, gid },
    mtimeNs: BigInt(mtimeSeconds) * 1_000_000_000n + BigInt(mtimeNs),
    print: printOf(stat),
    changedNs: stat.ctime,
  };
}
