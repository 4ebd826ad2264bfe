import { createHash } from 'node:crypto';
import type { LinkKey } from '../../journal/types.ts';

/** What a Store says that all names of one file have in common, as the Journal keeps it. */
export function linkKeyOf(linked: string): LinkKey {
  const hash = createHash('sha256').update(linked).digest();
  return { device: hash.readBigUInt64LE(0), inode: hash.readBigUInt64LE(8) };
}
