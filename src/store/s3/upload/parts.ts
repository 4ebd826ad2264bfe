/**
 * Large objects by ranges, as multipart uploads. What arrived is asked of the service when an upload is taken up again,
 * so a part that is there is not sent a second time.
 */

import { TransferError } from '../../../errors.ts';
import type { Sent } from '../../../work/http/wire.ts';
import type { Body, Range } from '../../body.ts';
import { notWhole } from '../../body-faults.ts';
import type { RelativePath } from '../../path.ts';
import type { BeginHow, Parts } from '../../store.ts';
import { copyPart } from '../copy.ts';
import { keyOf, shown } from '../keys.ts';
import { headersOf } from '../metadata.ts';
import { askFor, type S3 } from '../place.ts';
import { isRefusal, Refusal } from '../service/fault.ts';
import type { Whole } from '../service/service.ts';
import { text } from '../service/xml.ts';
import { headerOf, type SumName, summing } from '../sums/checksum.ts';
import { timed } from '../write.ts';
import { complete } from './complete.ts';
import { hold } from './held.ts';
import { createReceipts, type Receipts } from './receipts.ts';
import { countOf, partBytes, partialOf, type Upload, uploadOf } from './upload.ts';

/** A part that is longer is read twice: for its checksum, and to be sent. */
const mostHeld = 32 * 1024 * 1024;

export function partsOf(s3: S3): Parts {
  const receipts = createReceipts(s3);
  const known = (partial: RelativePath) => {
    const upload = uploadOf(s3.root, partial);
    if (upload) return upload;
    throw new TransferError('missing', `cannot go on with ${shown(s3.root, partial)}: it is no upload`);
  };
  return {
    rangeBytes: partBytes,
    begin: (path, how, signal) => begin(s3, receipts, path, how, signal),
    held: (partial, size, signal) => isThere(s3, receipts, { partial, upload: known(partial) }, size, signal),
    put: (partial, range, body, signal) =>
      putPart(s3, receipts, { partial, upload: known(partial) }, range, body, signal),
    finish: async (partial, path, how, signal) => {
      const upload = known(partial);
      const written = await complete(s3, receipts, { path, upload }, how, signal);
      s3.uploads?.ended({ ...whereOf(s3), id: upload.id });
      return written;
    },
    drop: (partial, signal) => drop(s3, receipts, partial, known(partial), signal),
  };
}

async function begin(
  s3: S3,
  receipts: Receipts,
  path: RelativePath,
  { metadata, size, partial, origin }: BeginHow,
  signal: AbortSignal,
): Promise<RelativePath> {
  const key = keyOf(s3.root, path);
  const isCopied = origin?.service === s3.service.who; // some services then tell wrong checksums of its parts
  const kept = { ...(isCopied && (await origin.beside(signal))), ...headersOf(timed(metadata), 'file') };
  const note = s3.uploads?.intend({ ...whereOf(s3), key });
  const attempt = (sums: Readonly<Record<string, string>>) => {
    const ask = { method: 'POST', key, query: { uploads: '' }, headers: { ...kept, ...sums } } as const;
    return askFor(s3, 'write', path, ask, signal);
  };
  const begun = isCopied ? attempt({}).then(unsummed) : s3.partSums.begin(attempt);
  const { answer, sum } = await begun.catch((error: Error) => {
    if (error.cause instanceof Refusal && error.cause.status !== 500) note?.refused();
    throw error;
  });
  const id = text(answer.body.toString(), 'UploadId');
  if (id) note?.began(id);
  else
    throw new TransferError('unsupported', `cannot write ${shown(s3.root, path)}: the service has no parts`);
  const upload = { key, id, size, asks: s3.service.asks };
  receipts.begun(upload, sum);
  return partialOf(path, partial, upload);
}

function unsummed(answer: Whole): { readonly answer: Whole; readonly sum: undefined } {
  return { answer, sum: undefined };
}

function whereOf({ service }: S3): { readonly service: string; readonly bucket: string } {
  return { service: service.name, bucket: service.bucket };
}

type Part = { readonly partial: RelativePath; readonly upload: Upload };

/** What was begun with other wishes would become what nobody asks for now: it is given up. */
async function isThere(
  s3: S3,
  receipts: Receipts,
  { partial, upload }: Part,
  size: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (upload.size !== size) return false;
  if (upload.asks === s3.service.asks) return (await receipts.find(partial, upload, signal)) !== undefined;
  await drop(s3, receipts, partial, upload, signal);
  return false;
}

async function putPart(
  s3: S3,
  receipts: Receipts,
  { partial, upload }: Part,
  range: Range,
  body: Body,
  signal: AbortSignal,
): Promise<void> {
  const number = range.offset / partBytes(upload.size) + 1;
  if (!Number.isInteger(number) || number > countOf(upload))
    throw new Error(`no part begins at ${range.offset}`);
  signal.throwIfAborted();
  const there = await receipts.of(partial, upload, signal);
  if (there.parts.get(number)?.size === range.length) return;
  const query = { partNumber: String(number), uploadId: upload.id };
  if (body.origin?.service === s3.service.who) {
    const from = { origin: body.origin, range };
    const receipt = await copyPart(s3, partial, { key: upload.key, query }, from, signal);
    if (receipt) return void there.parts.set(number, receipt);
  }
  using _ = await s3.memory(Math.min(range.length, mostHeld), signal);
  let room: Buffer | undefined;
  const roomed = () => {
    room = s3.spare.take(range.length);
    return room;
  };
  const { sent, headers } = await readied(s3, { partial, roomed, sum: there.sum }, range, body, signal);
  const ask = { method: 'PUT', key: upload.key, query, headers, body: sent } as const;
  const answer = await askFor(s3, 'write', partial, ask, signal).catch((error: unknown) => {
    receipts.forget(upload);
    throw error;
  });
  const sum = there.sum && headers[headerOf(there.sum)];
  there.parts.set(number, { size: range.length, etag: answer.headers.etag ?? '', sum });
  if (sent === room) s3.spare.give(room); // it was answered, so nobody sends it any more
}

type Readying = {
  readonly partial: RelativePath;
  readonly roomed: () => Buffer;
  readonly sum: SumName | undefined;
};

async function readied(
  s3: S3,
  { partial, roomed, sum }: Readying,
  range: Range,
  body: Body,
  signal: AbortSignal,
): Promise<{ readonly sent: Sent; readonly headers: Record<string, string> }> {
  const { add, headers } = summing(sum);
  if (range.length <= mostHeld) {
    const bytes = await hold(body, range, signal, roomed);
    if (!bytes) throw notWhole(shown(s3.root, partial), body.size);
    add(bytes);
    return { sent: bytes, headers: headers() };
  }
  let length = 0;
  for await (const chunk of body.open(range, signal)) {
    add(chunk);
    length += chunk.length;
  }
  if (length !== range.length) throw notWhole(shown(s3.root, partial), body.size);
  return { sent: { size: length, open: () => body.open(range, signal) }, headers: headers() };
}

async function drop(
  s3: S3,
  receipts: Receipts,
  partial: RelativePath,
  upload: Upload,
  signal: AbortSignal,
): Promise<void> {
  receipts.forget(upload);
  const query = { uploadId: upload.id };
  await askFor(s3, 'remove', partial, { method: 'DELETE', key: upload.key, query }, signal).catch((error) => {
    if (!isRefusal(error.cause, 404)) throw error;
  });
  s3.uploads?.ended({ ...whereOf(s3), id: upload.id });
}
