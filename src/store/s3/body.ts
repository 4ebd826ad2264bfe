/** The bytes of an object, in the state that its ETag tells. */
import { createHash } from 'node:crypto';
import type { IncomingHttpHeaders } from 'node:http';
import { crc32 } from 'node:zlib';
import { TransferError } from '../../errors.ts';
import type { RelativePath } from '../path.ts';
import type { Body, FileEntry, Range } from '../store.ts';
import { originOf } from './copy.ts';
import { bare, entryOf, tagOf } from './entry.ts';
import { isRefusal, must } from './fault.ts';
import { keyOf, shown } from './keys.ts';
import { head } from './look.ts';
import type { S3 } from './place.ts';
import type { Ask } from './service.ts';

export function bodyOf(s3: S3, file: FileEntry): Body {
  return {
    size: file.size,
    origin: originOf(s3, file),
    open: (range, signal) => open(s3, file, range, signal),
  };
}

/** A small file with all that is to be known of it, for one request. Throws as a Body does. */
export async function take(
  s3: S3,
  file: FileEntry,
  signal: AbortSignal,
): Promise<{ entry: FileEntry; bytes: Buffer }> {
  const range = { offset: 0, length: file.size };
  const asked = s3.service.ask(askOf(s3, file, range), signal).catch((error) => passed(s3, file, error));
  const { headers, body } = await must(asked, () => `read ${shown(s3.root, file.path)}`);
  mustMatch(s3, file, headers);
  if (body.length !== file.size) throw cut(s3, file.path);
  const check = checkOf(headers, true);
  check?.add(body);
  if (check && !check.isRight()) throw flipped(s3, file.path, 'transient');
  const entry = entryOf(file.path, headers);
  if (entry.kind !== 'file') throw changed(s3, file.path);
  return { entry, bytes: body };
}

async function* open(s3: S3, file: FileEntry, range: Range, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  if (file.size === 0) return await mustBeSame(s3, file, signal);
  if (range.length === 0) return;
  const doing = () => `read ${shown(s3.root, file.path)}`;
  const isWhole = range.length === file.size;
  const asked = s3.service.open(askOf(s3, file, range), signal).catch((error) => passed(s3, file, error));
  const { headers, body, leave } = await must(asked, doing);
  try {
    mustMatch(s3, file, headers);
    if (!isWhole && !isPart(headers, range))
      throw new TransferError('unsupported', `cannot ${doing()}: the service gives no ranges`);
  } catch (error) {
    leave();
    throw error;
  }
  const check = checkOf(headers, isWhole);
  let left = range.length;
  const chunks = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await must(chunks.next(), doing);
      if (done) break;
      left -= value.length;
      if (left < 0) throw cut(s3, file.path);
      check?.add(value);
      if (left === 0 && check && !check.isRight()) throw flipped(s3, file.path, 'corrupt');
      yield value;
    }
    if (left > 0) throw cut(s3, file.path);
  } finally {
    await chunks.return?.(undefined);
  }
}

function askOf(s3: S3, file: FileEntry, { offset, length }: Range): Ask {
  const isWhole = length === file.size;
  return {
    method: 'GET',
    key: keyOf(s3.root, file.path),
    headers: {
      'if-match': tagOf(file),
      ...(isWhole
        ? { 'x-amz-checksum-mode': 'ENABLED' }
        : { range: `bytes=${offset}-${offset + length - 1}` }),
    },
  };
}

function passed(s3: S3, { path }: FileEntry, error: unknown): never {
  if (isRefusal(error, 412, 416)) throw changed(s3, path);
  throw error;
}

/** Some services do not heed `if-match`. */
function mustMatch(s3: S3, file: FileEntry, { etag }: IncomingHttpHeaders): void {
  if (etag !== undefined && bare(etag) !== bare(tagOf(file))) throw changed(s3, file.path);
}

async function mustBeSame(s3: S3, file: FileEntry, signal: AbortSignal): Promise<void> {
  const found = await head(s3, file.path, keyOf(s3.root, file.path), signal);
  if (!found) throw new TransferError('missing', `cannot read ${shown(s3.root, file.path)}: it is not there`);
  if (bare(found.headers.etag ?? '') !== bare(tagOf(file))) throw changed(s3, file.path);
}

/** Some services give a part with 200 instead of 206. */
function isPart(headers: IncomingHttpHeaders, { offset, length }: Range): boolean {
  const [, first, last] = /^bytes (\d+)-(\d+)\//.exec(headers['content-range'] ?? '') ?? [];
  return Number(first) === offset && Number(last) === offset + length - 1;
}

type Check = { readonly add: (chunk: Uint8Array) => void; readonly isRight: () => boolean };

/** By the checksum that the service keeps, or an ETag that is an MD5; undefined where nothing can be said. */
function checkOf(headers: IncomingHttpHeaders, isWhole: boolean): Check | undefined {
  if (!isWhole) return undefined;
  const crc = String(headers['x-amz-checksum-crc32'] ?? '');
  if (/^[A-Za-z0-9+/]{6}==$/.test(crc)) return crcCheck(Buffer.from(crc, 'base64').readUInt32BE());
  const etag = bare(headers.etag ?? '');
  const isSealed =
    /^aws:kms/.test(headers['x-amz-server-side-encryption']?.toString() ?? '') ||
    headers['x-amz-server-side-encryption-customer-algorithm'] !== undefined;
  return /^[0-9a-f]{32}$/.test(etag) && !isSealed ? md5Check(etag) : undefined;
}

function crcCheck(wanted: number): Check {
  let crc = 0;
  return {
    add: (chunk) => {
      crc = crc32(chunk, crc);
    },
    isRight: () => crc === wanted,
  };
}

function md5Check(wanted: string): Check {
  const hash = createHash('md5');
  return { add: (chunk) => void hash.update(chunk), isRight: () => hash.digest('hex') === wanted };
}

function changed(s3: S3, path: RelativePath): TransferError {
  return new TransferError('changed', `cannot read ${shown(s3.root, path)}: it was replaced meanwhile`);
}

function cut(s3: S3, path: RelativePath): TransferError {
  return new TransferError('transient', `cannot read ${shown(s3.root, path)}: the answer was cut off`);
}

function flipped(s3: S3, path: RelativePath, kind: 'transient' | 'corrupt'): TransferError {
  const message = `cannot read ${shown(s3.root, path)}: what came is not what the service has`;
  return new TransferError(kind, message, { hint: 'something on the way changes bytes' });
}
