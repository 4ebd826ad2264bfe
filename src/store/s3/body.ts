/** The bytes of an object, in the state that its ETag tells. */
import type { IncomingHttpHeaders } from 'node:http';
import { TransferError } from '../../errors.ts';
import type { Body, Origin, Range } from '../body.ts';
import type { FileEntry } from '../entry.ts';
import type { RelativePath } from '../path.ts';
import { originOf } from './copy.ts';
import { bare, entryOf, tagOf } from './entry.ts';
import { head } from './look.ts';
import type { S3 } from './place.ts';
import { isRefusal, must } from './service/fault.ts';
import type { Ask } from './service/service.ts';
import { hashCheckOf, isRight } from './sums/right.ts';
import type { Sum } from './sums/sums.ts';

export function bodyOf(s3: S3, file: FileEntry): Body {
  let told: IncomingHttpHeaders | undefined;
  const tell = (headers: IncomingHttpHeaders) => {
    told = headers;
  };
  return {
    size: file.size,
    origin: originOf(s3, file, () => told),
    open: (range, signal) => open(s3, file, { range, tell }, signal),
  };
}

/** A small file with all that is to be known of it, for one request. Throws as a Body does. */
export async function take(
  s3: S3,
  file: FileEntry,
  signal: AbortSignal,
): Promise<{ entry: FileEntry; bytes: Buffer; origin: Origin }> {
  const range = { offset: 0, length: file.size };
  using _room = await s3.coming(file.size, signal);
  const asked = s3.service.ask(askOf(s3, file, range), signal).catch((error) => passed(s3, file, error));
  const { headers, body } = await must(asked, () => `read ${s3.root.show(file.path)}`);
  mustMatch(s3, file, headers);
  if (body.length !== file.size) throw cut(s3, file.path);
  if (!isRight(headers, body)) throw flipped(s3, file.path, 'transient');
  const entry = entryOf(file.path, headers);
  if (entry.kind !== 'file') throw changed(s3, file.path);
  return { entry, bytes: body, origin: originOf(s3, entry, () => headers) };
}

type Opening = { readonly range: Range; readonly tell: (headers: IncomingHttpHeaders) => void };

async function* open(
  s3: S3,
  file: FileEntry,
  { range, tell }: Opening,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  signal.throwIfAborted();
  if (file.size === 0) return tell(await mustBeSame(s3, file, signal));
  if (range.length === 0) return;
  const doing = () => `read ${s3.root.show(file.path)}`;
  const isWhole = range.length === file.size;
  const asked = s3.service.open(askOf(s3, file, range), signal).catch((error) => passed(s3, file, error));
  const { headers, body, leave } = await must(asked, doing);
  try {
    mustMatch(s3, file, headers);
    tell(headers);
    const part = isWhole ? undefined : partIn(headers);
    if (part && part.total !== '*' && Number(part.total) !== file.size) throw changed(s3, file.path);
    if (!isWhole && !isOf(range, part))
      throw new TransferError('unsupported', `cannot ${doing()}: the service gives no ranges`);
  } catch (error) {
    leave();
    throw error;
  }
  const sum = await sumOf(s3, file, isWhole ? headers : undefined, signal).catch((error: unknown) => {
    leave();
    throw error;
  });
  const running = sum?.start();
  const check = sum ? undefined : hashCheckOf(headers, isWhole);
  let left = range.length;
  const chunks = body[Symbol.asyncIterator]();
  try {
    for (;;) {
      const { done, value } = await must(chunks.next(), doing);
      if (done) break;
      left -= value.length;
      if (left < 0) throw cut(s3, file.path);
      check?.add(value);
      running?.add(value);
      const isLast = left === 0;
      if (isLast && check && !check.isRight()) throw flipped(s3, file.path, 'corrupt');
      if (isLast && sum && !sum.add(range.offset, range.length, running!.value()))
        throw flipped(s3, file.path, 'corrupt');
      yield value;
    }
    if (left > 0) throw cut(s3, file.path);
  } finally {
    if (left > 0) sum?.add(range.offset, range.length - left, running!.value());
    await chunks.return?.(undefined);
  }
}

const withSum = { 'x-amz-checksum-mode': 'ENABLED' } as const;

/** What the object has to come to; of pieces it is asked for once. */
function sumOf(
  s3: S3,
  file: FileEntry,
  whole: IncomingHttpHeaders | undefined,
  signal: AbortSignal,
): Promise<Sum | undefined> {
  const key = s3.root.key(file.path);
  return s3.sums.of(
    `${tagOf(file)} ${key}`,
    file.size,
    async () => whole ?? mustBeSame(s3, file, signal, true),
  );
}

function askOf(s3: S3, file: FileEntry, { offset, length }: Range): Ask {
  const isWhole = length === file.size;
  return {
    method: 'GET',
    key: s3.root.key(file.path),
    headers: {
      'if-match': tagOf(file),
      ...(isWhole ? withSum : { range: `bytes=${offset}-${offset + length - 1}` }),
    },
  };
}

function passed(s3: S3, { path }: FileEntry, error: unknown): never {
  if (isRefusal(error, 412, 416)) throw changed(s3, path);
  throw error;
}

/** Some services do not heed `if-match`. */
function mustMatch(s3: S3, file: FileEntry, { etag }: IncomingHttpHeaders): void {
  const tag = tagOf(file);
  if (etag === undefined || etag === tag) return;
  if (bare(etag) !== bare(tag)) throw changed(s3, file.path);
}

async function mustBeSame(
  s3: S3,
  file: FileEntry,
  signal: AbortSignal,
  withSum = false,
): Promise<IncomingHttpHeaders> {
  const found = await head(s3, file.path, s3.root.key(file.path), signal, withSum);
  if (!found) throw new TransferError('missing', `cannot read ${s3.root.show(file.path)}: it is not there`);
  if (bare(found.headers.etag ?? '') !== bare(tagOf(file))) throw changed(s3, file.path);
  return found.headers;
}

type Part = { readonly first: number; readonly last: number; readonly total: string };

/** Some services give a part with 200 instead of 206. */
function partIn(headers: IncomingHttpHeaders): Part | undefined {
  const [, first, last, total] = /^bytes (\d+)-(\d+)\/(\d+|\*)$/.exec(headers['content-range'] ?? '') ?? [];
  return total === undefined ? undefined : { first: Number(first), last: Number(last), total };
}

function isOf({ offset, length }: Range, part: Part | undefined): boolean {
  return part?.first === offset && part.last === offset + length - 1;
}

function changed(s3: S3, path: RelativePath): TransferError {
  return new TransferError('changed', `cannot read ${s3.root.show(path)}: it was replaced meanwhile`);
}

function cut(s3: S3, path: RelativePath): TransferError {
  const message = `cannot read ${s3.root.show(path)}: the answer is not as long as the object`;
  return new TransferError('transient', message, { isOfOne: true });
}

function flipped(s3: S3, path: RelativePath, kind: 'transient' | 'corrupt'): TransferError {
  const message = `cannot read ${s3.root.show(path)}: what came is not what the service has`;
  return new TransferError(kind, message, { hint: 'something on the way changes bytes', isOfOne: true });
}
