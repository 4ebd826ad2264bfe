/** What an answer says of a file, as an Entry of the Store. */

import type { IncomingHttpHeaders } from 'node:http';
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

type Known = Pick<Kept, 'size' | 'modified'> & { readonly print: string | undefined };

export function keptEntry(path: RelativePath, { size, print, modified }: Known): FileEntry {
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

/** What is compressed is the file itself where its name says so: some servers say it of each archive that they have. */
const endings: Readonly<Record<string, RegExp>> = {
  gzip: /\.(?:gz|tgz|svgz)$/i,
  compress: /\.(?:z|taz)$/i,
  bzip2: /\.(?:bz2|tbz2?)$/i,
  xz: /\.(?:xz|txz)$/i,
  zstd: /\.(?:zst|tzst)$/i,
  br: /\.br$/i,
};

export function mustBePlain(
  headers: IncomingHttpHeaders,
  { pathname }: URL,
  { what, doing }: { readonly what: string; readonly doing: Doing },
): void {
  const encoding = headers['content-encoding']?.toLowerCase().replace(/^x-/, '');
  if (encoding === undefined || encoding === 'identity') return;
  if (endings[encoding]?.test(pathname)) return;
  throw trouble(doing, what, 'unsupported', 'the server sends it only compressed');
}

const millisecond = 1_000_000n;

function timeOf(modified: string | undefined): bigint | undefined {
  const ms = modified === undefined ? Number.NaN : Date.parse(modified);
  return Number.isNaN(ms) ? undefined : BigInt(ms) * millisecond;
}
