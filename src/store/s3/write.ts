/** Writes one object: in one request with a checksum, or where it is large by parts. */
import { TransferError } from '../../errors.ts';
import type { RelativePath } from '../path.ts';
import type { Body, FileEntry, Metadata, Parts, Unkept, WriteHow } from '../store.ts';
import { checksumOf } from './checksum.ts';
import { fileEntry } from './entry.ts';
import { hold } from './held.ts';
import { keyOf, shown } from './keys.ts';
import { headersOf } from './metadata.ts';
import type { S3 } from './place.ts';
import { put } from './put.ts';

export type Written = { readonly entry: FileEntry; readonly unkept: Unkept };

/** What is longer goes by parts. */
export const mostAtOnce = 8 * 1024 * 1024;

export async function writeFile(
  s3: S3,
  path: RelativePath,
  body: Body,
  how: WriteHow,
  signal: AbortSignal,
): Promise<Written> {
  const key = keyOf(s3.root, path);
  using _ = await s3.memory(body.size, signal);
  const bytes = await hold(body, { offset: 0, length: body.size }, signal);
  if (!bytes) throw notWhole(s3, path, body.size);
  const metadata = timed(how.metadata);
  const headers = { ...headersOf(metadata, 'file'), ...checksumOf(bytes) };
  const { headers: said } = await put(
    s3,
    path,
    { method: 'PUT', key, headers, body: bytes },
    how.replaces,
    signal,
  );
  return { entry: fileEntry(path, body.size, said.etag ?? '', metadata), unkept: [] };
}

/** The same of a file that is too large for one request. */
export async function writeLarge(
  parts: Parts,
  path: RelativePath,
  body: Body,
  how: WriteHow,
  signal: AbortSignal,
): Promise<Written> {
  const partial = await parts.begin(path, { ...how, size: body.size }, signal);
  try {
    const step = parts.rangeBytes!(body.size);
    for (let offset = 0; offset < body.size; offset += step)
      await parts.put(partial, { offset, length: Math.min(step, body.size - offset) }, body, signal);
    return await parts.finish(partial, path, how, signal);
  } catch (error) {
    await parts.drop(partial, AbortSignal.timeout(5000)).catch(() => undefined); // then it is left for a clean-up
    throw error;
  }
}

/** A file has a time: where none is given, this one. */
export function timed(metadata: Metadata): Metadata {
  return { ...metadata, mtimeNs: metadata.mtimeNs ?? BigInt(Date.now()) * 1_000_000n };
}

export function notWhole(s3: S3, path: RelativePath, size: number): TransferError {
  const message = `cannot write ${shown(s3.root, path)}: its source did not give its ${size} bytes`;
  return new TransferError('corrupt', message);
}
