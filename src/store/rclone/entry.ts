/** What rclone says of an entry, as an Entry of the Store. */

import type { Entry, Metadata } from '../entry.ts';
import type { RelativePath } from '../path.ts';

/** As operations/list and operations/stat give it. */
export type Item = {
  readonly Name: string;
  readonly Size: number;
  readonly ModTime: string;
  readonly IsDir: boolean;
  readonly Metadata?: Readonly<Record<string, string>>;
  readonly Hashes?: Readonly<Record<string, string>>;
};

/** Undefined for a file whose size the remote does not know before it is read. */
export function entryOf(path: RelativePath, item: Item): Entry | undefined {
  const { Size: size, Metadata: metadata = {} } = item;
  const kept = { mode: modeOf(metadata), owner: ownerOf(metadata) };
  if (item.IsDir) return { kind: 'directory', path, ...kept, mtimeNs: undefined, print: undefined };
  if (size < 0) return undefined;
  const mtimeNs = timeOf(item.ModTime);
  const print = [size, item.ModTime, ...Object.values(item.Hashes ?? {}), kept.mode].join(' ');
  return { kind: 'file', path, ...kept, mtimeNs, print, size, allocated: undefined, linked: undefined };
}

/** Metadata as remotes keep it, in the words that rclone has for it. */
export function wordsOf({ mode, owner }: Metadata): Record<string, string> {
  return {
    ...(mode !== undefined && { mode: (regularFile | mode).toString(8) }),
    ...(owner && { uid: String(owner.uid), gid: String(owner.gid) }),
  };
}

const regularFile = 0o100000;

function modeOf({ mode }: NonNullable<Item['Metadata']>): number | undefined {
  return mode !== undefined && /^[0-7]+$/.test(mode) ? Number.parseInt(mode, 8) & 0o7777 : undefined;
}

function ownerOf({ uid, gid }: NonNullable<Item['Metadata']>): Metadata['owner'] {
  const isBoth = [uid, gid].every((id) => id !== undefined && /^\d+$/.test(id));
  return isBoth ? { uid: Number(uid), gid: Number(gid) } : undefined;
}

/** RFC 3339, with a fraction of up to nine digits and any zone. */
function timeOf(text: string): bigint | undefined {
  const found = /^(.*T\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(Z|[+-]\d\d:\d\d)$/.exec(text);
  const ms = found ? Date.parse(found[1]! + found[3]!) : Number.NaN;
  if (Number.isNaN(ms)) return undefined;
  return BigInt(ms) * 1_000_000n + BigInt((found![2] ?? '').padEnd(9, '0'));
}
