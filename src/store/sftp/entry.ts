/** What SFTP says of an entry, as an Entry of the Store. */

import * as c from '../../work/posix/constants.ts';
import { pathKey } from '../../work/posix/path.ts';
import type { Entry, FileEntry } from '../entry.ts';
import type { RelativePath } from '../path.ts';
import type { Attributes } from './protocol/attributes.ts';

const kinds = new Map<number, 'directory' | 'symlink' | 'fifo' | 'socket'>([
  [c.S_IFDIR, 'directory'],
  [c.S_IFLNK, 'symlink'],
  [c.S_IFIFO, 'fifo'],
  [c.S_IFSOCK, 'socket'],
]);
const devices = new Map<number, 'block' | 'character'>([
  [c.S_IFBLK, 'block'],
  [c.S_IFCHR, 'character'],
]);
const second = 1_000_000_000n;

/** Undefined where the server does not say what it is; which device it is, it never says. */
export function entryOf(path: RelativePath, attributes: Attributes): Entry | undefined {
  const type = typeOf(attributes);
  if (type === c.S_IFREG) return fileEntry(path, attributes);
  const kind = kinds.get(type);
  if (kind) return { kind, ...common(path, attributes) };
  const device = devices.get(type);
  return device && { kind: device, ...common(path, attributes), major: undefined, minor: undefined };
}

/** The same of what is known to be a regular file; undefined where its size is not told. */
export function fileEntry(
  path: RelativePath,
  attributes: Attributes,
  more: More = none,
): FileEntry | undefined {
  const { size, mode, owner, times } = attributes;
  if (size === undefined) return undefined;
  return {
    kind: 'file',
    path,
    mode: mode === undefined ? undefined : mode & 0o7777,
    owner,
    mtimeNs: times && BigInt(times.mtime) * second,
    print: printOf(attributes),
    size,
    allocated: undefined,
    linked: more.linked,
    ...(more.finelyNs !== undefined && { finelyNs: more.finelyNs }),
    ...(more.changedSeconds !== undefined && { changedSeconds: more.changedSeconds }),
  };
}

/** What only find tells. */
type More = {
  readonly linked: string | undefined;
  readonly finelyNs: bigint | undefined;
  readonly changedSeconds: number | undefined;
};

const none: More = { linked: undefined, finelyNs: undefined, changedSeconds: undefined };

/** As in S_IFMT; 0 where the server does not say. */
export function typeOf({ mode = 0 }: Attributes): number {
  return mode & c.S_IFMT;
}

/** Says "the same as then", as far as whole seconds and no inode can. */
export function printOf({ size, mode, owner, times }: Attributes): string {
  const text = (one: number | undefined) => one ?? '';
  return `${text(size)} ${text(mode)} ${text(owner?.uid)} ${text(owner?.gid)} ${text(times?.mtime)}`;
}

/** A file at its path, as it looks. */
export function lookKey({ path, print }: FileEntry): string {
  return `${pathKey(path)}\0${print}`;
}

/** When it was changed last; undefined where that is not known. */
export function secondsOf({ print }: Entry): number | undefined {
  const seconds = print?.split(' ')[4];
  return seconds ? Number(seconds) : undefined;
}

/** Its size and time, as a `stat` on the server prints them; undefined where that is not known. */
export function lookOf({ print }: Entry): string | undefined {
  const [size, , , , seconds] = print?.split(' ') ?? [];
  return size && seconds && Number(seconds) < 2 ** 31 ? `${size},${seconds}` : undefined;
}

function common(path: RelativePath, attributes: Attributes) {
  const { mode, owner, times } = attributes;
  return {
    path,
    mode: mode === undefined ? undefined : mode & 0o7777,
    owner,
    mtimeNs: times && BigInt(times.mtime) * second,
    print: printOf(attributes),
  };
}
