/** What the remote itself says that the bytes of a file add up to, so that nobody has to fetch them. */

import type { Digest } from '../body.ts';
import type { FileEntry } from '../entry.ts';
import { entryOf, type Item } from './entry.ts';
import { must, type Reach, remoteOf } from './reach.ts';

const hexBytes = /^([0-9a-f]{2})+$/i;

/** Undefined where it has none of this file, or the file is another one now. */
export async function digest(
  reach: Reach,
  file: FileEntry,
  algorithm: string,
  signal: AbortSignal,
): Promise<Digest | undefined> {
  const opt = { filesOnly: true, noMimeType: true, showHash: true, hashTypes: [algorithm] };
  const words = { remote: remoteOf(reach, file.path, 'read'), opt };
  const asked = { call: 'operations/stat', words };
  const { item } = await must<{ item: Item | null }>(reach, file.path, 'read', asked, signal);
  const hex = item?.Hashes?.[algorithm] ?? '';
  const now = item ? entryOf(file.path, item) : undefined;
  const isIt = now?.kind === 'file' && now.size === file.size && now.mtimeNs === file.mtimeNs;
  return isIt && hexBytes.test(hex) ? { algorithm, value: Buffer.from(hex, 'hex') } : undefined;
}
