/** The service copies an object itself, between buckets of one and the same person: no byte passes through here. */

import type { IncomingHttpHeaders } from 'node:http';
import type { Origin, Range } from '../body.ts';
import type { FileEntry, Written } from '../entry.ts';
import type { RelativePath } from '../path.ts';
import type { WriteHow } from '../store.ts';
import { bare, fileEntry, tagOf } from './entry.ts';
import { head } from './look.ts';
import { besideIn, headersOf } from './metadata.ts';
import type { S3 } from './place.ts';
import { isRefusal, must, Refusal } from './service/fault.ts';
import type { Ask } from './service/service.ts';
import { encode } from './service/sign.ts';
import { text } from './service/xml.ts';
import { isMade, takenBack } from './taken-back.ts';
import { heededOf, mustBe, type Putting } from './upload/put.ts';
import type { Receipt } from './upload/receipts.ts';
import { timed } from './write.ts';

const mostAtOnce = 5 * 1024 ** 3;

/** `told` are its headers where some came already: then nobody is asked for what is beside it. */
export function originOf(s3: S3, file: FileEntry, told: () => IncomingHttpHeaders | undefined): Origin {
  const { service, root } = s3;
  const key = root.key(file.path);
  const beside: Origin['beside'] = async (signal) =>
    besideIn(told() ?? (await head(s3, file.path, key, signal))?.headers ?? {});
  return { service: service.who, address: encode(`/${root.bucket}/${key}`, '/'), state: tagOf(file), beside };
}

/** Whether it can copy a file of this size at once. */
export function copies({ service }: S3, origin: Origin | undefined, size: number): boolean {
  return origin?.service === service.who && size <= mostAtOnce && size > 0;
}

/** Undefined where the service says that the source is another one now: who reads it learns whether it is. */
export async function copyFile(
  s3: S3,
  path: RelativePath,
  from: { readonly origin: Origin; readonly size: number },
  how: WriteHow,
  signal: AbortSignal,
): Promise<Written | undefined> {
  const key = s3.root.key(path);
  const { replaces } = how;
  const [beside] = await Promise.all([
    from.origin.beside(signal),
    mustBe(s3, { path, ask: { key }, replaces }, signal), // whatever comes of the condition
  ]);
  const metadata = timed(how.metadata);
  const headers = {
    ...beside,
    ...headersOf(metadata, 'file'),
    ...sourceOf(from.origin),
    'x-amz-metadata-directive': 'REPLACE',
  };
  const etag = await copiedOver(s3, { path, ask: { method: 'PUT', key, headers }, replaces }, signal);
  if (etag === undefined) return undefined;
  const isToldSame = etag === bare(from.origin.state);
  const made = isToldSame ? undefined : await head(s3, path, key, signal); // not all services tell
  if (made && isMade(made.headers, etag) && isOther(made.headers, from.size))
    throw await takenBack(s3, { path, key, etag }, signal);
  return { entry: fileEntry(path, from.size, etag || (made?.headers.etag ?? ''), metadata), unkept: [] };
}

/** Of another length, where that is told. */
function isOther({ 'content-length': length }: IncomingHttpHeaders, size: number): boolean {
  return length !== undefined && Number(length) !== size;
}

/** With the condition that goes with what is written; without it where the service takes that for a wish about the source. */
async function copiedOver(s3: S3, putting: Putting, signal: AbortSignal): Promise<string | undefined> {
  const { conditions } = s3;
  const { path, ask } = putting;
  const condition = conditions.takesWithCopies ? await heededOf(s3, putting, signal) : undefined;
  if (!condition) return copied(s3, path, ask, signal);
  const headers = { ...ask.headers, ...condition };
  const etag = await copied(s3, path, { ...ask, headers }, signal).catch((error: Error) => {
    if (!isRefusal(error.cause, 400, 501)) throw error;
    return undefined;
  });
  if (etag !== undefined) return etag;
  await mustBe(s3, putting, signal);
  const plain = await copied(s3, path, ask, signal);
  if (plain !== undefined) conditions.takesWithCopies = false;
  return plain;
}

/** The same of a part of an upload. */
export async function copyPart(
  s3: S3,
  path: RelativePath,
  ask: Pick<Ask, 'key' | 'query'>,
  { origin, range }: { readonly origin: Origin; readonly range: Range },
  signal: AbortSignal,
): Promise<Receipt | undefined> {
  const { offset, length } = range;
  const headers = {
    ...sourceOf(origin),
    'x-amz-copy-source-range': `bytes=${offset}-${offset + length - 1}`,
  };
  const etag = await copied(s3, path, { ...ask, method: 'PUT', headers }, signal);
  return etag === undefined ? undefined : { size: length, etag, sum: undefined };
}

function sourceOf({ address, state }: Origin): Record<string, string> {
  return { 'x-amz-copy-source': address, 'x-amz-copy-source-if-match': state };
}

/** Swift says 412 of each object that was put together from parts. */
async function copied(
  s3: S3,
  path: RelativePath,
  ask: Ask,
  signal: AbortSignal,
): Promise<string | undefined> {
  const asked = s3.service.ask(ask, signal).then(({ body }) => copiedTag(body.toString()));
  const passed = asked.catch((error: unknown) => {
    if (!isRefusal(error, 412)) throw error;
    return undefined;
  });
  return must(passed, () => `copy to ${s3.root.show(path)}`);
}

/** The ETag of a copy, '' where it is not told: the service begins to answer before it knows whether it can. */
export function copiedTag(xml: string): string {
  if (/<Copy(?:Object|Part)Result/.test(xml)) return bare(text(xml, 'ETag') ?? '');
  const message = text(xml, 'Message') ?? 'it does not say that it is done';
  const code = text(xml, 'Code') ?? 'InternalError';
  const refusal = new Refusal(500, code, message);
  refusal.isOfOne = code === 'InternalError';
  throw refusal;
}
