/** What an answer says of a file, as an Entry of the Store. */

import { type Entry, type FileEntry, noMetadata } from '../entry.ts';
import type { RelativePath } from '../path.ts';
import { type Doing, trouble } from './fault.ts';
import type { Kept } from './spool.ts';
import { lengthOf, printOf, type State, stateOf, strongTag } from './state.ts';
import type { Answer } from './wire.ts';

export function directoryAt(path: RelativePath): Entry {
  return { kind: 'directory', path, ...noMetadata, print: undefined };
}

/** For an answer that says how long the file is. */
export function fileEntry(path: RelativePath, { headers }: Answer): FileEntry {
  const state = stateOf(headers);
  return {
    ...common(path, state.modified),
    print: printOf(state),
    size: lengthOf(headers)!,
    ...(canRange(state, headers['accept-ranges']) ? {} : { inOrder: true as const }),
  };
}

export function keptEntry(path: RelativePath, { size, print, modified }: Kept): FileEntry {
  return { ...common(path, modified), size, print };
}

function common(path: RelativePath, modified: string | undefined) {
  const mtimeNs = timeOf(modified);
  return { kind: 'file', path, ...noMetadata, mtimeNs, allocated: undefined, linked: undefined } as const;
}

/** Ranges of a file that could become another without a sign of it cannot be joined. */
function canRange(state: State, ranges: string | undefined): boolean {
  const isTold = strongTag(state) !== undefined || state.modified !== undefined;
  return isTold && ranges?.toLowerCase() === 'bytes';
}

export function mustBePlain(encoding: string | undefined, what: string, doing: Doing): void {
  if (encoding === undefined || encoding.toLowerCase() === 'identity') return;
  throw trouble('unsupported', what, doing, 'the server sends it only compressed');
}

const millisecond = 1_000_000n;

function timeOf(modified: string | undefined): bigint | undefined {
  const ms = modified === undefined ? Number.NaN : Date.parse(modified);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * millisecond;
}
