/** Reads the records of a pax header, as somebody else wrote them. */
import { groupNumber, ownerNumber } from '../../../work/user-names.ts';
import { aclValue, type NumberOf } from './acl.ts';
import { corrupt } from './corrupt.ts';
import { decimal, decimalTime, type Time } from './numbers.ts';

/** What the records say; undefined is what they do not. */
export type Pax = {
  path?: Uint8Array;
  target?: Uint8Array;
  size?: number;
  uid?: number;
  gid?: number;
  mtime?: Time;
  /** it holds pieces of a file with holes, in a way that nobody asked for */
  isSparse?: boolean;
  readonly attributes: Map<string, string>;
};

const space = 0x20;
const equals = 0x3d;
const newline = 0x0a;

/** Adds what the records say to `pax`; throws 'corrupt' where they are none. */
export function readPax(bytes: Buffer, pax: Pax): void {
  for (let at = 0; at < bytes.length; ) {
    if (bytes[at] === 0) return; // some pad with zeros
    const blank = bytes.indexOf(space, at);
    const length = blank < 0 ? undefined : decimal(bytes.toString('latin1', at, Math.min(blank, at + 16)));
    const end = at + (length ?? 0);
    const key = bytes.indexOf(equals, blank);
    if (length === undefined || end > bytes.length || key < 0 || key >= end || bytes[end - 1] !== newline)
      throw corrupt('a header has records that are none');
    take(bytes.toString('latin1', blank + 1, key), bytes.subarray(key + 1, end - 1), pax);
    at = end;
  }
}

function take(key: string, value: Buffer, pax: Pax): void {
  if (key.startsWith('GNU.sparse.')) pax.isSparse = true;
  else if (key.startsWith(xattr))
    pax.attributes.set(unescaped(key.slice(xattr.length)), value.toString('latin1'));
  else readers.get(key)?.(value, pax);
}

const xattr = 'SCHILY.xattr.';

function unescaped(name: string): string {
  return name.replaceAll('%3D', '=').replaceAll('%25', '%');
}

type Reader = (value: Buffer, pax: Pax) => void;

const readers: ReadonlyMap<string, Reader> = new Map<string, Reader>([
  ['path', (value, pax) => Object.assign(pax, { path: new Uint8Array(value) })],
  ['linkpath', (value, pax) => Object.assign(pax, { target: new Uint8Array(value) })],
  ['size', (value, pax) => Object.assign(pax, { size: number(value) })],
  ['uid', (value, pax) => Object.assign(pax, { uid: number(value) })],
  ['gid', (value, pax) => Object.assign(pax, { gid: number(value) })],
  ['mtime', (value, pax) => Object.assign(pax, { mtime: known(decimalTime(value.toString('latin1'))) })],
  ['SCHILY.acl.access', (value, pax) => takeAcl('system.posix_acl_access', value, pax)],
  ['SCHILY.acl.default', (value, pax) => takeAcl('system.posix_acl_default', value, pax)],
]);

function number(value: Buffer): number {
  return known(decimal(value.toString('latin1')));
}

/** Where the kernel's own form came too, that is it. */
function takeAcl(name: string, value: Buffer, { attributes }: Pax): void {
  if (attributes.has(name)) return;
  const acl = aclValue(value.toString(), numberOf);
  if (acl !== undefined) attributes.set(name, acl);
}

const numberOf: NumberOf = (what, name) => (what === 'user' ? ownerNumber(name) : groupNumber(name));

function known<T>(value: T | undefined): T {
  if (value === undefined) throw corrupt('a header has a number that is none');
  return value;
}
