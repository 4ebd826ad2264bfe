/**
 * A multipart upload by name: the partial name carries the service's id of it, the object it becomes, and its size, so
 * that whoever has the name can go on with it.
 */
import { below, type RelativePath, splitPath } from '../../path.ts';
import type { Root } from '../root.ts';

export type Upload = {
  readonly key: string;
  readonly id: string;
  readonly size: number;
  /** what was asked for it when it was begun, as a fingerprint; '' nothing */
  readonly asks: string;
};

const MiB = 1024 * 1024;
const leastBytes = 8 * MiB;
const mostParts = 10_000;

/** Each part but the last one is so long. */
export function partBytes(size: number): number {
  return Math.max(leastBytes, Math.ceil(size / mostParts / MiB) * MiB);
}

export function countOf({ size }: Upload): number {
  return Math.max(1, Math.ceil(size / partBytes(size)));
}

/** `.difpipe-…part:SIZE:ID:NAME`, or SIZE ASKS where something was asked for */
export function partialOf(
  path: RelativePath,
  partial: Uint8Array,
  { id, size, asks }: Omit<Upload, 'key'>,
): RelativePath {
  const { dir, name } = splitPath(path);
  const about = `${size} ${asks}`.trim();
  const words = [Buffer.from(partial).toString('latin1'), about, wordOf(id), wordOf(name)];
  return below(dir, Buffer.from(words.join(':'), 'latin1'))!;
}

/** Undefined where it is no name of ours. */
export function uploadOf(root: Root, partial: RelativePath): Upload | undefined {
  const { dir, name } = splitPath(partial);
  const words = Buffer.from(name).toString('latin1').split(':');
  const [about = '', id, called] = words.slice(-3).map((word) => decodeURIComponent(word));
  const [size, asks = ''] = about.split(' ');
  const path = words.length > 3 && called !== undefined ? below(dir, Buffer.from(called)) : undefined;
  return path && { key: root.key(path), id: id!, size: Number(size), asks };
}

function wordOf(text: string | Uint8Array): string {
  return encodeURIComponent(Buffer.from(text as string).toString());
}
