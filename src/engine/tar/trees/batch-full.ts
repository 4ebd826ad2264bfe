/** When a batch of new trees is large enough to go. */
import type { TreeBatch } from './batch.ts';

const near = { entries: 10_000, bytes: 64 * 1024 * 1024 };
const far = { entries: 2500, bytes: 16 * 1024 * 1024 };
/** Over a long line it leaves while the others are being listed. */
const first = { entries: 500, bytes: 4 * 1024 * 1024 };

export function isFull(
  { size, bytes }: TreeBatch,
  { isFar, isFirst }: { readonly isFar: boolean; readonly isFirst: boolean },
): boolean {
  const most = !isFar ? near : isFirst ? first : far;
  return size >= most.entries || bytes >= most.bytes;
}
