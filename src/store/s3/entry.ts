/** What S3 says of an object, as an Entry of the Store. */
import type { IncomingHttpHeaders } from 'node:http';
import { type Entry, type FileEntry, type Metadata, noMetadata } from '../entry.ts';
import type { RelativePath } from '../path.ts';
import { metadataOf, targetOf } from './metadata.ts';
import { sha256 } from './service/sign.ts';

const ms = 1_000_000n;

/** Of an object that was looked at; one that says no time of its own is as old as it is here. */
export function entryOf(path: RelativePath, headers: IncomingHttpHeaders): Entry {
  const kept = metadataOf(headers);
  const size = Number(headers['content-length'] ?? 0);
  const metadata = { ...kept, mtimeNs: kept.mtimeNs ?? timeOf(headers['last-modified']) };
  const target = size === 0 ? targetOf(headers) : undefined;
  if (target) {
    const print = `${printOf(headers.etag ?? '', size, metadata)} ${sha256(target)}`;
    return { kind: 'symlink', path, ...metadata, mode: undefined, print };
  }
  return fileEntry(path, size, headers.etag ?? '', metadata);
}

export function fileEntry(path: RelativePath, size: number, etag: string, metadata: Metadata): FileEntry {
  const print = printOf(etag, size, metadata);
  return { kind: 'file', path, size, ...metadata, print, allocated: undefined, linked: undefined };
}

/** Of an object that was only listed. */
export function briefEntry(path: RelativePath, listed: ListedObject): FileEntry {
  const { size, etag, modified } = listed;
  return { ...fileEntry(path, size, etag, noMetadata), changedNs: timeOf(modified), isBrief: true };
}

function timeOf(said = ''): bigint {
  return BigInt(Date.parse(said) || 0) * ms;
}

/** What a listing says of an object. */
export type ListedObject = {
  readonly key: string;
  readonly size: number;
  readonly etag: string;
  readonly modified: string;
};

export function directoryEntry(path: RelativePath, metadata: Metadata = noMetadata): Entry {
  return { kind: 'directory', path, ...metadata, print: undefined };
}

/** The ETag tells the bytes; where there are none, what is beside them is all there is to tell. */
function printOf(etag: string, size: number, { mode, owner, mtimeNs }: Metadata): string {
  const tag = bare(etag);
  return size > 0 ? tag : `${tag} ${sha256([mode, owner?.uid, owner?.gid, mtimeNs].join()).slice(0, 16)}`;
}

/** The ETag of an entry, as a condition wants it. */
export function tagOf({ print }: Pick<Entry, 'print'>): string {
  return `"${(print ?? '').split(' ', 1)[0]}"`;
}

export function bare(etag: string): string {
  return etag.replace(/^W\//, '').replace(/^"|"$/g, '');
}
