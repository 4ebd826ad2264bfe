/** When a batch of new trees is large enough to go. */
import type { TreeBatch } from './batch.ts';

const near = { entries: 10_000, bytes: 64 * 1024 * 1024 };
const far = { entries: 1250, bytes: 16 * 1024 * 1024 };
/** Over a long line they leave while the others are being listed, until there is one for each connection. */
const first = { entries: 250, bytes: 4 * 1024 * 1024 };
const firsts = 8;

/** `before`: how many there were. */
export function isFull(
  { size, bytes }: TreeBatch,
  { isFar, before }: { readonly isFar: boolean; readonly before: number },
): boolean {
  const most = !isFar ? near : before < firsts ? first : far;
  return size >= most.entries || bytes >= most.bytes;
}
