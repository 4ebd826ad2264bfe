/**
 * What is kept beside an object, as rclone's users know it: `mtime` in seconds with a fraction, `mode` in octal with
 * the type, `uid`, `gid`; a symlink is an empty object with its target.
 */
import type { IncomingHttpHeaders } from 'node:http';
import * as c from '../../work/posix/constants.ts';
import { type Metadata, noMetadata } from '../entry.ts';

const before = 'x-amz-meta-';
const target = 'difpipe-symlink';
const second = 1_000_000_000n;

export type Type = 'file' | 'directory' | 'symlink';

const types = { file: c.S_IFREG, directory: c.S_IFDIR, symlink: c.S_IFLNK } as const satisfies Record<
  Type,
  number
>;

/** The headers that keep it. */
export function headersOf({ mode, owner, mtimeNs }: Metadata, type: Type): Record<string, string> {
  return {
    ...(mtimeNs !== undefined && { [`${before}mtime`]: secondsOf(mtimeNs) }),
    ...((mode !== undefined || type !== 'file') && {
      [`${before}mode`]: ((mode ?? usualMode(type)) | types[type]).toString(8),
    }),
    ...(owner && { [`${before}uid`]: String(owner.uid), [`${before}gid`]: String(owner.gid) }),
  };
}

function usualMode(type: Type): number {
  return type === 'file' ? 0o644 : type === 'directory' ? 0o755 : 0o777;
}

/** What was kept of an object. Undefined: whoever made it did not say. */
export function metadataOf(headers: IncomingHttpHeaders): Metadata {
  const [uid, gid] = [numberOf(headers, 'uid', 10), numberOf(headers, 'gid', 10)];
  const mode = numberOf(headers, 'mode', 8);
  return {
    ...noMetadata,
    mode: mode === undefined ? undefined : mode & 0o7777,
    owner: uid === undefined || gid === undefined ? undefined : { uid, gid },
    mtimeNs: nsOf(said(headers, 'mtime')),
  };
}

export function targetHeader(bytes: Uint8Array): Record<string, string> {
  const percent = (byte: number) => `%${byte.toString(16).toUpperCase().padStart(2, '0')}`;
  const plain = (char: string) => (/[\w./~-]/.test(char) ? char : percent(char.charCodeAt(0)));
  return { [before + target]: Array.from(Buffer.from(bytes).toString('latin1'), plain).join('') };
}

/** Where the symlink leads that the object is; undefined where it is none. */
export function targetOf(headers: IncomingHttpHeaders): Uint8Array | undefined {
  const kept = said(headers, 'target');
  if (kept === undefined || kept === '' || /%(?![0-9A-Fa-f]{2})|%00/.test(kept)) return undefined;
  const latin1 = kept.replace(/%(..)/g, (_, hex: string) => String.fromCharCode(Number.parseInt(hex, 16)));
  return Buffer.from(latin1, 'latin1');
}

/** Everything that is kept, to be told again when an object is copied onto itself. */
export function keptHeaders(headers: IncomingHttpHeaders): Record<string, string> {
  return decoded(pick(headers, (name) => name.startsWith(before) || described.has(name) || stored.has(name)));
}

/** What others keep beside an object and no Entry tells. */
export function besideIn(headers: IncomingHttpHeaders): Record<string, string> {
  return decoded(
    pick(headers, (name) => described.has(name) || (name.startsWith(before) && !ours.has(name))),
  );
}

type Headers = Record<string, string>;

/** Some services keep how an object was sent to them as if it were how it is encoded; it would say so of the next request. */
function decoded({ 'content-encoding': encoding = '', ...others }: Headers): Headers {
  const codings = encoding.split(',').map((coding) => coding.trim());
  const kept = codings.filter((coding) => coding !== 'aws-chunked').join(',');
  return kept === '' ? others : { ...others, 'content-encoding': kept };
}

function pick(headers: IncomingHttpHeaders, isWanted: (name: string) => boolean): Record<string, string> {
  const kept = Object.entries(headers).filter(([name]) => isWanted(name));
  return Object.fromEntries(kept.map(([name, value]) => [name, String(value)]));
}

const described = new Set([
  'cache-control',
  'content-disposition',
  'content-encoding',
  'content-language',
  'content-type',
  'expires',
]);

/** As this bucket is to have it. */
const stored = new Set([
  'x-amz-storage-class',
  'x-amz-server-side-encryption',
  'x-amz-server-side-encryption-aws-kms-key-id',
]);

/** A name that is put together anew for each object costs more than it says. */
const keptAs = {
  mtime: `${before}mtime`,
  mode: `${before}mode`,
  uid: `${before}uid`,
  gid: `${before}gid`,
  target: before + target,
} as const;

const ours: ReadonlySet<string> = new Set(Object.values(keptAs));

function said(headers: IncomingHttpHeaders, what: keyof typeof keptAs): string | undefined {
  const value = headers[keptAs[what]];
  return Array.isArray(value) ? value[0] : value;
}

function numberOf(headers: IncomingHttpHeaders, what: keyof typeof keptAs, base: 8 | 10): number | undefined {
  const kept = said(headers, what);
  const isNumber = kept !== undefined && (base === 8 ? /^[0-7]{1,7}$/ : /^\d{1,10}$/).test(kept);
  return isNumber ? Number.parseInt(kept, base) : undefined;
}

/** `1234567890.123456789`, as rclone writes it. */
export function secondsOf(ns: bigint): string {
  const sign = ns < 0n ? '-' : '';
  const distance = ns < 0n ? -ns : ns;
  return `${sign}${distance / second}.${String(distance % second).padStart(9, '0')}`;
}

export function nsOf(seconds: string | undefined): bigint | undefined {
  const found = /^(-?)(\d{1,12})(?:\.(\d{1,20}))?$/.exec(seconds ?? '');
  if (!found) return undefined;
  const [, sign, whole, fraction = ''] = found;
  const ns = BigInt(whole!) * second + BigInt(fraction.slice(0, 9).padEnd(9, '0'));
  return sign === '-' ? -ns : ns;
}

/** What is to be kept now, of what was kept before. */
export function merged(before: Metadata | undefined, now: Metadata): Metadata {
  return {
    mode: now.mode ?? before?.mode,
    owner: now.owner ?? before?.owner,
    mtimeNs: now.mtimeNs ?? before?.mtimeNs,
  };
}
