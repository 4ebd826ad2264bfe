/**
 * A manifest as text: a line that says what it is, one JSON object for each entry that no object holds, and a line that
 * says how many they were. Whatever is read is hostile: a path leads nowhere but below the place, and numbers are what
 * numbers of their kind can be.
 */

import { isAcl } from '../../attributes.ts';
import type { Attributes, Metadata, Special } from '../../entry.ts';
import { type RelativePath, relativePath } from '../../path.ts';
import { isManifest } from '../keys.ts';
import { nsOf, secondsOf } from '../metadata.ts';
import type { Row } from './book.ts';

export type Kept = Bare & { readonly attributes?: Attributes };

type Bare =
  /** attributes of what an object holds */
  | { readonly kind: 'object' }
  /** another name of the file that is in the object there, if it still has this size and time */
  | { readonly kind: 'link'; readonly to: RelativePath; readonly size: number; readonly mtimeNs: bigint }
  | { readonly kind: 'symlink'; readonly target: Uint8Array; readonly metadata: Metadata }
  | { readonly kind: 'directory'; readonly metadata: Metadata }
  | (Special & { readonly metadata: Metadata });

/** What is kept of an entry that has an object, or is a directory. */
export type Beside = Extract<Kept, { readonly kind: 'object' | 'directory' }>;

export function isBeside(kept: Kept): kept is Beside {
  return kept.kind === 'object' || kept.kind === 'directory';
}

export type KeptAt = { readonly path: RelativePath; readonly kept: Kept };

export const firstLine = '{"difpipe":"manifest","version":1}';

export function lastLine(entries: number): string {
  return JSON.stringify({ entries });
}

/** How many the last line says they were; undefined where it is none. */
export function entriesIn(line: string): number | undefined {
  const said = objectIn(line);
  return said && whole(said.entries, Number.MAX_SAFE_INTEGER);
}

function lineOf(path: RelativePath, kept: Kept): string {
  return JSON.stringify({ path: textOf(path), kind: kept.kind, ...restOf(kept), ...attributesIn(kept) });
}

function restOf(kept: Kept): object {
  switch (kept.kind) {
    case 'object':
      return {};
    case 'link':
      return { to: textOf(kept.to), size: kept.size, mtime: secondsOf(kept.mtimeNs) };
    case 'symlink':
      return { target: Buffer.from(kept.target).toString('base64'), ...wordsOf(kept.metadata) };
    case 'block':
    case 'character':
      return { major: kept.major, minor: kept.minor, ...wordsOf(kept.metadata) };
    case 'fifo':
    case 'socket':
    case 'directory':
      return wordsOf(kept.metadata);
  }
}

export function rowOf({ path, kept }: KeptAt): Row {
  return { path, target: kept.kind === 'link' ? kept.to : undefined, line: lineOf(path, kept) };
}

/** Undefined where the line is not one of these. */
export function keptIn(line: string): KeptAt | undefined {
  const said = objectIn(line);
  const path = said && pathOf(said.path);
  const bare = said && keptOf(said);
  const attributes = bare && attributesOf(said);
  const kept = bare && (attributes ? { ...bare, attributes } : bare);
  if (!path || !kept || isManifest(path)) return undefined;
  if (said.attributes !== undefined && !attributes) return undefined;
  const mayBeTop = kept.kind === 'directory' || kept.kind === 'object';
  return path.length > 0 || mayBeTop ? { path, kept } : undefined;
}

type Said = Readonly<Record<string, unknown>>;

const most32 = 2 ** 32 - 1;

function keptOf(said: Said): Bare | undefined {
  const metadata = metadataOf(said);
  switch (said.kind) {
    case 'link':
      return linkOf(said);
    case 'symlink': {
      const target = typeof said.target === 'string' ? Buffer.from(said.target, 'base64') : undefined;
      const isTarget = target && target.length > 0 && target.length < 4096 && !target.includes(0);
      return isTarget ? { kind: said.kind, target, metadata } : undefined;
    }
    case 'block':
    case 'character': {
      const [major, minor] = [whole(said.major, most32), whole(said.minor, most32)];
      return major === undefined || minor === undefined
        ? undefined
        : { kind: said.kind, metadata, major, minor };
    }
    case 'object':
      return said.attributes === undefined ? undefined : { kind: said.kind };
    case 'fifo':
    case 'socket':
    case 'directory':
      return { kind: said.kind, metadata };
    default:
      return undefined;
  }
}

function linkOf(said: Said): Bare | undefined {
  const to = pathOf(said.to);
  const [size, mtimeNs] = [whole(said.size, Number.MAX_SAFE_INTEGER), timeOf(said.mtime)];
  if (!to || to.length === 0 || size === undefined || mtimeNs === undefined) return undefined;
  return { kind: 'link', to, size, mtimeNs };
}

/** Those of an entry, together, in bytes. */
export const mostAttributes = 128 * 1024;

function attributesIn({ attributes }: Kept): object {
  if (!attributes) return {};
  const words = [...attributes].map(([name, value]) => [
    name,
    Buffer.from(value, 'latin1').toString('base64'),
  ]);
  return { attributes: Object.fromEntries(words) };
}

/** Undefined where there are none, or what no system would call so. */
function attributesOf({ attributes }: Said): Attributes | undefined {
  if (typeof attributes !== 'object' || attributes === null) return undefined;
  const all = Object.entries(attributes).map(([name, value]) => [name, bytesIn(name, value)] as const);
  if (all.some(([, value]) => value === undefined)) return undefined;
  return new Map(all as [string, string][]);
}

function bytesIn(name: string, value: unknown): string | undefined {
  const isName = isAcl(name) || /^(user|trusted|security)\.[\x01-\xff]{1,247}$/.test(name);
  return isName && typeof value === 'string' ? Buffer.from(value, 'base64').toString('latin1') : undefined;
}

function wordsOf({ mode, owner, mtimeNs }: Metadata): object {
  return {
    mode: mode?.toString(8),
    ...owner,
    mtime: mtimeNs === undefined ? undefined : secondsOf(mtimeNs),
  };
}

function metadataOf({ mode, uid, gid, mtime }: Said): Metadata {
  const [user, group] = [whole(uid, most32), whole(gid, most32)];
  return {
    mode: typeof mode === 'string' && /^[0-7]{1,4}$/.test(mode) ? Number.parseInt(mode, 8) : undefined,
    owner: user === undefined || group === undefined ? undefined : { uid: user, gid: group },
    mtimeNs: timeOf(mtime),
  };
}

function timeOf(said: unknown): bigint | undefined {
  return typeof said === 'string' ? nsOf(said) : undefined;
}

function whole(said: unknown, most: number): number | undefined {
  return typeof said === 'number' && Number.isInteger(said) && said >= 0 && said <= most ? said : undefined;
}

const mostPathBytes = 4096;

function pathOf(said: unknown): RelativePath | undefined {
  if (typeof said !== 'string') return undefined;
  const bytes = Buffer.from(said);
  return bytes.length <= mostPathBytes ? relativePath(bytes) : undefined;
}

function textOf(path: Uint8Array): string {
  return Buffer.from(path.buffer, path.byteOffset, path.length).toString();
}

function objectIn(line: string): Said | undefined {
  try {
    const said: unknown = JSON.parse(line);
    return typeof said === 'object' && said !== null ? (said as Said) : undefined;
  } catch {
    return undefined;
  }
}
