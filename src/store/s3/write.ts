/** Writes one object: in one request with a checksum, or where it is large by parts. */

import { show } from '../../report/show.ts';
import type { Body, Origin } from '../body.ts';
import { notWhole } from '../body-faults.ts';
import type { Metadata, Written } from '../entry.ts';
import type { Parts } from '../parts.ts';
import type { RelativePath } from '../path.ts';
import type { WriteHow } from '../store.ts';
import { typeOf } from './content-type.ts';
import { fileEntry } from './entry.ts';
import { headersOf } from './metadata.ts';
import type { S3 } from './place.ts';
import { checksumOf } from './sums/checksum.ts';
import { isRight } from './sums/right.ts';
import { takenBack } from './taken-back.ts';
import { hold } from './upload/held.ts';
import { put } from './upload/put.ts';

const crc32Header = 'x-amz-checksum-crc32';

/** What is longer goes by parts. */
export const mostAtOnce = 8 * 1024 * 1024;

export async function writeFile(
  s3: S3,
  path: RelativePath,
  body: Body,
  how: WriteHow,
  signal: AbortSignal,
): Promise<Written> {
  const key = s3.root.key(path);
  using _ = await s3.memory(body.size, signal);
  const bytes = await hold(body, { offset: 0, length: body.size }, signal);
  if (!bytes) throw notWhole(s3.root.show(path), body.size);
  const metadata = timed(how.metadata);
  const beside = await besideOf(body.origin, key, signal);
  const sum = checksumOf(bytes);
  const headers = { ...beside, ...headersOf(metadata, 'file'), ...sum };
  const ask = { method: 'PUT', key, headers, body: bytes } as const;
  const { headers: said } = await put(s3, { path, ask, replaces: how.replaces }, signal);
  const isSame = said[crc32Header] === sum[crc32Header] || isRight(said, bytes);
  const etag = said.etag ?? '';
  if (!isSame) throw await takenBack(s3, { path, key, etag }, signal);
  return { entry: fileEntry(path, body.size, etag, metadata), unkept: [] };
}

/** What its service keeps beside it; where that is none of an object, what its name tells. */
export async function besideOf(
  origin: Origin | undefined,
  key: string,
  signal: AbortSignal,
): Promise<Readonly<Record<string, string>>> {
  return origin ? origin.beside(signal) : typeOf(key);
}

/** The same of a file that is too large for one request. */
export async function writeLarge(
  parts: Parts,
  path: RelativePath,
  body: Body,
  how: WriteHow,
  signal: AbortSignal,
): Promise<Written> {
  const partial = await parts.begin(path, { ...how, size: body.size, origin: undefined }, signal);
  try {
    const step = parts.rangeBytes!(body.size);
    let offset = 0;
    for await (const bytes of pieces(body, step, signal)) {
      await parts.put(partial, { offset, length: bytes.length }, heldAt(offset, bytes), signal);
      offset += bytes.length;
    }
    if (offset !== body.size) throw notWhole(show(path), body.size);
    return await parts.finish(partial, path, how, signal);
  } catch (error) {
    await parts.drop(partial, AbortSignal.timeout(5000)).catch(() => undefined); // then it is left for a clean-up
    throw error;
  }
}

/** Read once, from its beginning to its end. */
async function* pieces(body: Body, step: number, signal: AbortSignal): AsyncGenerator<Buffer> {
  let [held, bytes]: [Uint8Array[], number] = [[], 0];
  for await (const chunk of body.open({ offset: 0, length: body.size }, signal)) {
    held.push(chunk);
    bytes += chunk.length;
    while (bytes >= step) {
      const all = Buffer.concat(held);
      yield all.subarray(0, step);
      [held, bytes] = [[all.subarray(step)], bytes - step];
    }
  }
  if (bytes > 0) yield Buffer.concat(held);
}

/** The same as a Body from which only that is asked. */
function heldAt(first: number, bytes: Buffer): Body {
  return {
    size: first + bytes.length,
    async *open({ offset, length }) {
      yield bytes.subarray(offset - first, offset - first + length);
    },
  };
}

/** A file has a time: where none is given, this one. */
export function timed(metadata: Metadata): Metadata {
  return { ...metadata, mtimeNs: metadata.mtimeNs ?? BigInt(Date.now()) * 1_000_000n };
}
