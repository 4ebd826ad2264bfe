/**
 * Extended attributes and POSIX ACLs: listed, compared, carried over. ACLs travel as the kernel's own attributes,
 * so one mechanism serves both.
 *
 * An Attributed is an open file, or a name in an open directory (never followed when it is a symlink).
 */

import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import { block, Slot } from '../../../work/posix/memory.ts';
import { isAcl, isHidden, isOfThePlace } from '../../attributes.ts';
import type { AttributeKinds } from '../../entry.ts';
import type { At } from '../place/place.ts';
import { isFailure } from './attribute-refused.ts';

export type Attributed = { readonly fd: number } | { readonly path: Buffer };

/** Where attributes come from: what has them, or what was said of it, name → bytes. */
export type Attributes = Attributed | { readonly said: ReadonlyMap<string, string> };

const pathSlot = new Slot();
const keySlot = new Slot();
const valueSlot = new Slot();

const most = 64 * 1024;
const little = 256; // of all room that it is offered the kernel makes memory, each time
const list = block(most);
const value = block(most);

/** Asks once more, with all the room there may be, where that was too little. */
function inRoom(ask: (bytes: number) => number): number {
  const length = ask(little);
  return length === -c.ERANGE ? ask(most) : length;
}

/** A name in an open directory, as something to read and set attributes of. */
export function attributedAt(directory: number, name: Uint8Array): Attributed {
  return { path: Buffer.concat([Buffer.from(`/proc/thread-self/fd/${directory}/`), name]) };
}

/** The attributes that are to be kept, as name → bytes, as far as they can be read; empty where there are none. */
export function readAttributes(from: Attributes, keep: AttributeKinds): Map<string, string> {
  return read(from, keep).found;
}

/** The same; undefined where not all of them can be read. */
export function readWhole(from: Attributed, keep: AttributeKinds): Map<string, string> | undefined {
  const { found, unread } = read(from, keep);
  return unread === 'all' || unread.size > 0 ? undefined : found;
}

type Read = {
  readonly found: Map<string, string>;
  /** by name; 'all' is where they cannot even be listed */
  readonly unread: ReadonlySet<string> | 'all';
};

function read(from: Attributes, keep: AttributeKinds): Read {
  if ('said' in from)
    return { found: new Map([...from.said].filter(([name]) => isKept(name, keep))), unread: new Set() };
  const found = new Map<string, string>();
  const unread = new Set<string>();
  const length = inRoom((bytes) =>
    'fd' in from
      ? libc.flistxattr(from.fd, list.at, bytes)
      : libc.llistxattr(pathSlot.put(from.path), list.at, bytes),
  );
  if (length === -c.EBADF && 'fd' in from) return read(attributedAt(from.fd, itself), keep);
  if (length < 0) return { found, unread: hasNone(length) ? unread : 'all' };
  if (length === 0) return { found, unread };
  for (const name of list.bytes.toString('latin1', 0, length - 1).split('\0')) {
    if (!isKept(name, keep)) continue;
    const bytes = readOne(from, name);
    if (typeof bytes === 'string') found.set(name, bytes);
    else if (!hasNone(bytes)) unread.add(name);
  }
  return { found, unread };
}

/** What a directory that is only held as a place (O_PATH) is asked by. */
const itself = Buffer.from('.');

/** It was taken away meanwhile, or there cannot be any. */
function hasNone(errno: number): boolean {
  return errno === -c.ENODATA || errno === -c.EOPNOTSUPP || errno === -c.ENOSYS;
}

function isKept(name: string, keep: AttributeKinds): boolean {
  return isAcl(name) ? keep.acls : keep.xattrs && !isOfThePlace(name);
}

function readOne(from: Attributed, name: string): string | number {
  const key = keySlot.put(Buffer.from(name, 'latin1'));
  const length = inRoom((bytes) =>
    'fd' in from
      ? libc.fgetxattr(from.fd, key, value.at, bytes)
      : libc.lgetxattr(pathSlot.put(from.path), key, value.at, bytes),
  );
  return length < 0 ? length : value.bytes.toString('latin1', 0, length);
}

function setOne(to: Attributed, name: string, bytes: string): number {
  const key = keySlot.put(Buffer.from(name, 'latin1'));
  const memory = valueSlot.put(Buffer.from(bytes, 'latin1'));
  return 'fd' in to
    ? libc.fsetxattr(to.fd, key, memory, bytes.length, 0)
    : libc.lsetxattr(pathSlot.put(to.path), key, memory, bytes.length, 0);
}

function removeOne(to: Attributed, name: string): number {
  const key = keySlot.put(Buffer.from(name, 'latin1'));
  return 'fd' in to ? libc.fremovexattr(to.fd, key) : libc.lremovexattr(pathSlot.put(to.path), key);
}

/** Which kinds of attributes are not the same on both: looked at once for both kinds. */
export function attributesDiffer(a: Attributed, b: Attributed, keep: AttributeKinds): ('xattr' | 'acl')[] {
  if (!keep.xattrs && !keep.acls) return [];
  const one = readAttributes(a, keep);
  const other = readAttributes(b, keep);
  if (one.size === 0 && other.size === 0) return [];
  const names = [...new Set([...one.keys(), ...other.keys()])];
  const kinds = names.filter((name) => one.get(name) !== other.get(name)).map(kindOf);
  return [...new Set(kinds)];
}

function kindOf(name: string): 'xattr' | 'acl' {
  return isAcl(name) ? 'acl' : 'xattr';
}

/** How many of each kind are not taken, for the report; `failed` is 0, or why one was not written this time. */
export type Unkept = { xattr: number; acl: number; failed: number };

/**
 * Makes the attributes at the destination those of the source; says how many cannot be read, or the place or our rights
 * refuse. What the source may have without telling it stays.
 */
export function carryAttributes(from: Attributes, to: Attributed, keep: AttributeKinds): Unkept {
  const { found, unread } = read(from, keep);
  const mayHave = (name: string) => ('said' in from ? isHidden(name) : unread === 'all' || unread.has(name));
  const present = readAttributes(to, keep);
  const unkept = writeAttributes(to, found, new Map([...present].filter(([name]) => !mayHave(name))));
  if (unread === 'all') unkept[keep.xattrs ? 'xattr' : 'acl']++;
  else for (const name of unread) unkept[kindOf(name)]++;
  return unkept;
}

/** Makes those that are present the wanted ones; says how many the place or our rights refuse, or why it failed. */
export function writeAttributes(
  to: Attributed,
  wanted: Map<string, string>,
  present: Map<string, string>,
): Unkept {
  const unkept = { xattr: 0, acl: 0, failed: 0 };
  for (const name of present.keys()) if (!wanted.has(name)) removeOne(to, name);
  for (const [name, bytes] of wanted) {
    if (present.get(name) === bytes) continue;
    const refused = setOne(to, name, bytes);
    if (refused < 0 && isFailure(refused, to)) unkept.failed = refused;
    else if (refused < 0) unkept[kindOf(name)]++;
  }
  return unkept;
}

/** Every file has it where SELinux is on, and it is the place's own. */
const label = Buffer.from('security.selinux\0');

/** Whether the list says nothing that could be kept: for the many of which that is so. */
function isBare(length: number): boolean {
  return length === 0 || (length === label.length && label.compare(list.bytes, 0, length) === 0);
}

/** Whether an open file has any attribute to keep: one call, for the many that have none. */
export function hasAttributes(fd: number): boolean {
  const length = libc.flistxattr(fd, list.at, little);
  return length < 0 ? length === -c.ERANGE : !isBare(length);
}

let listxattratMissing = false;

/** The same of a name in an open directory, never followed; true also where that is not to be had in one call. */
export function mayHaveAttributes({ dir, name }: At): boolean {
  if (listxattratMissing) return true;
  const length = libc.listxattrat(dir, name, c.AT_SYMLINK_NOFOLLOW, list.at, little);
  listxattratMissing = length === -c.ENOSYS || length === -c.EPERM; // before Linux 6.13, or behind a filter of calls
  return listxattratMissing || (length < 0 ? !hasNone(length) : !isBare(length));
}
