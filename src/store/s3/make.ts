/**
 * What is no file: a directory is an empty object whose key ends in a slash, made for each that a tree has, since its
 * mode and time have no other place, and an empty one none at all; a symlink is an empty object with its target. And
 * metadata, which is changed by copying an object onto itself.
 */
import { TransferError } from '../../errors.ts';
import type { Metadata, Unkept } from '../entry.ts';
import type { RelativePath } from '../path.ts';
import { copiedTag } from './copy.ts';
import { bare, directoryEntry, tagOf } from './entry.ts';
import { head, keysIn } from './look.ts';
import { headersOf, keptHeaders, merged, metadataOf, type Type, targetHeader, targetOf } from './metadata.ts';
import { askFor, type S3 } from './place.ts';
import { isRefusal, must } from './service/fault.ts';
import type { Whole } from './service/service.ts';
import { encode } from './service/sign.ts';
import { sumOfNothing } from './sums/checksum.ts';
import { put } from './upload/put.ts';

const empty = new Uint8Array(0);

export async function makeDirectory(
  s3: S3,
  path: RelativePath,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<Unkept> {
  const key = s3.root.marker(path);
  if (key === '') throw noBucket(s3);
  s3.seen.add(key);
  if (s3.seen.holdsMarkers === false) return given(metadata);
  const headers = { ...headersOf(metadata, 'directory'), ...sumOfNothing };
  const ask = { method: 'PUT', key, headers, body: empty } as const;
  await put(s3, { path, ask, replaces: undefined }, signal);
  s3.seen.holdsMarkers ??= await isMarked(s3, path, key, signal);
  if (s3.seen.holdsMarkers) s3.seen.add(key, metadata);
  if (path.length === 0) s3.opening.changed(directoryEntry(path, kept(s3, metadata)));
  return s3.seen.holdsMarkers ? [] : given(metadata);
}

/** As it is told of the directory's marker, where there are markers. */
function kept({ seen }: S3, metadata: Metadata): Metadata | undefined {
  return seen.holdsMarkers ? metadataOf(headersOf(metadata, 'directory')) : undefined;
}

/** The first one shows whether the service takes it for a directory; what else became of it is taken away. */
async function isMarked(s3: S3, path: RelativePath, key: string, signal: AbortSignal): Promise<boolean> {
  if ((await keysIn(s3, path, key, 1, signal)).length > 0) return true;
  await askFor(s3, 'remove', path, { method: 'DELETE', key }, signal);
  return false;
}

function noBucket({ root }: S3): TransferError {
  return new TransferError('usage', `there is no bucket ${root.bucket}`, {
    hint: 'make it first, or look at its name and at the endpoint',
  });
}

/** All that is kept beside an object is 2 KB at most. */
const longestTarget = 1500;
/** Swift keeps 256 bytes of a name. */
const longestAnywhere = 256;

export async function makeSymlink(
  s3: S3,
  path: RelativePath,
  target: Uint8Array,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<Unkept> {
  const key = s3.root.key(path);
  const leads = targetHeader(target);
  const { length } = Object.values(leads)[0]!;
  if (length > longestTarget) throw tooFar(s3, path, 'an object store');
  const headers = { ...headersOf({ ...metadata, mode: undefined }, 'symlink'), ...leads, ...sumOfNothing };
  const ask = { method: 'PUT', key, headers, body: empty } as const;
  const made = put(s3, { path, ask, replaces: undefined }, signal);
  await made.catch((error: Error) => {
    const isTooLong = length > longestAnywhere && isRefusal(error.cause, 400);
    throw isTooLong ? tooFar(s3, path, 'this service', error) : error;
  });
  return [];
}

function tooFar({ root }: S3, path: RelativePath, place: string, cause?: Error): TransferError {
  const message = `cannot keep the symlink ${root.show(path)}: it leads too far for ${place}`;
  return new TransferError('unsupported', message, { cause });
}

/** False if it was not there. */
export async function remove(s3: S3, path: RelativePath, signal: AbortSignal): Promise<boolean> {
  const inside = s3.root.inside(path);
  if (inside === undefined || path.length === 0) return false;
  const key = s3.root.key(path);
  s3.seen.forget(inside);
  if (await head(s3, path, key, signal)) {
    await askFor(s3, 'remove', path, { method: 'DELETE', key }, signal);
    return true;
  }
  const within = await keysIn(s3, path, inside, 2, signal);
  if (within.length === 0) return false;
  if (within.some((one) => one !== inside))
    throw new TransferError('conflict', `cannot remove ${s3.root.show(path)}: it is not empty`);
  await askFor(s3, 'remove', path, { method: 'DELETE', key: inside }, signal);
  return true;
}

/** What is undefined stays; all else that is kept beside the object does too. */
export async function dress(
  s3: S3,
  path: RelativePath,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<Unkept> {
  const marker = s3.root.marker(path);
  const isNowhere = marker === '' || (s3.seen.holdsMarkers === false && s3.seen.has(marker));
  if (isNowhere) return given(metadata);
  const key = path.length === 0 || s3.seen.has(marker) ? undefined : s3.root.key(path);
  const object = key === undefined ? undefined : await head(s3, path, key, signal);
  if (object) return dressObject(s3, path, object, metadata, signal);
  return dressDirectory(s3, path, marker, metadata, signal);
}

async function dressDirectory(
  s3: S3,
  path: RelativePath,
  key: string,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<Unkept> {
  const isKnown = isWhole(metadata) && s3.seen.has(key);
  const before = isKnown ? undefined : (s3.seen.worn(key) ?? (await wornBy(s3, path, key, signal)));
  const all = merged(before, metadata);
  const headers = { ...headersOf(all, 'directory'), ...sumOfNothing };
  await askFor(s3, 'write', path, { method: 'PUT', key, headers, body: empty }, signal);
  s3.seen.holdsMarkers ??= await isMarked(s3, path, key, signal);
  s3.seen.add(key, s3.seen.holdsMarkers ? all : undefined);
  return s3.seen.holdsMarkers ? [] : given(metadata);
}

async function wornBy(
  s3: S3,
  path: RelativePath,
  key: string,
  signal: AbortSignal,
): Promise<Metadata | undefined> {
  const marker = await head(s3, path, key, signal);
  if (marker) return metadataOf(marker.headers);
  if ((await keysIn(s3, path, key, 1, signal)).length > 0) return undefined;
  throw new TransferError('missing', `cannot change ${s3.root.show(path)}: it is not there`);
}

const mostCopied = 5 * 1024 ** 3;

async function dressObject(
  s3: S3,
  path: RelativePath,
  object: Whole,
  metadata: Metadata,
  signal: AbortSignal,
): Promise<Unkept> {
  const { headers: kept } = object;
  if (Number(kept['content-length']) > mostCopied) return given(metadata);
  const key = s3.root.key(path);
  const type: Type = targetOf(kept) ? 'symlink' : 'file';
  const headers = {
    ...keptHeaders(kept),
    ...headersOf(merged(metadataOf(kept), metadata), type),
    'x-amz-copy-source': encode(`/${s3.root.bucket}/${key}`, '/'),
    'x-amz-metadata-directive': 'REPLACE',
  };
  const condition = { 'x-amz-copy-source-if-match': tagOf({ print: bare(kept.etag ?? '') }) };
  const change = async (more: Record<string, string>) => {
    const asked = s3.service.ask({ method: 'PUT', key, headers: { ...headers, ...more } }, signal);
    copiedTag((await asked).body.toString());
  };
  const changed = change(condition).catch(async (error: unknown) => {
    if (!isRefusal(error, 412)) throw error;
    await mustStillBe(s3, path, key, kept.etag, signal);
    await change({}); // Swift says 412 of each object that was put together from parts
  });
  await must(changed, () => `change ${s3.root.show(path)}`);
  return [];
}

async function mustStillBe(
  s3: S3,
  path: RelativePath,
  key: string,
  etag: string | undefined,
  signal: AbortSignal,
): Promise<void> {
  const found = await head(s3, path, key, signal);
  if (found?.headers.etag === etag) return;
  throw new TransferError('conflict', `cannot change ${s3.root.show(path)}: it was replaced meanwhile`);
}

function isWhole({ mode, owner, mtimeNs }: Metadata): boolean {
  return mode !== undefined && owner !== undefined && mtimeNs !== undefined;
}

function given(metadata: Metadata): Unkept {
  return (Object.keys(metadata) as (keyof Metadata)[]).filter((key) => metadata[key] !== undefined);
}
