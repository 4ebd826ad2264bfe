/**
 * Large objects by ranges, as multipart uploads. What arrived is asked of the service when an upload is taken up again,
 * so a part that is there is not sent a second time.
 */

import { TransferError } from '../../../errors.ts';
import type { BeginHow, Parts } from '../../parts.ts';
import type { RelativePath } from '../../path.ts';
import { headersOf } from '../metadata.ts';
import { askFor, type S3 } from '../place.ts';
import { isRefusal, Refusal } from '../service/fault.ts';
import type { Whole } from '../service/service.ts';
import { text } from '../service/xml.ts';
import { besideOf, timed } from '../write.ts';
import { complete } from './complete.ts';
import { type Part, putPart } from './put-part.ts';
import { createReceipts, type Receipts } from './receipts.ts';
import { partBytes, partialOf, type Upload, uploadOf } from './upload.ts';

export function partsOf(s3: S3): Parts {
  const receipts = createReceipts(s3);
  const known = (partial: RelativePath) => {
    const upload = uploadOf(s3.root, partial);
    if (upload) return upload;
    throw new TransferError('missing', `cannot go on with ${s3.root.show(partial)}: it is no upload`);
  };
  return {
    rangeBytes: partBytes,
    begin: (path, how, signal) => begin(s3, receipts, path, how, signal),
    held: (partial, size, signal) => isThere(s3, receipts, { partial, upload: known(partial) }, size, signal),
    put: (partial, range, body, signal) =>
      putPart(s3, receipts, { partial, upload: known(partial), range, body }, signal),
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
  const key = s3.root.key(path);
  const isCopied = origin?.service === s3.service.who; // some services then tell wrong checksums of its parts
  const kept = { ...(await besideOf(origin, key, signal)), ...headersOf(timed(metadata), 'file') };
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
  else throw new TransferError('unsupported', `cannot write ${s3.root.show(path)}: the service has no parts`);
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

/** What was begun with other wishes would become what nobody asks for now: it is given up. */
async function isThere(
  s3: S3,
  receipts: Receipts,
  { partial, upload }: Pick<Part, 'partial' | 'upload'>,
  size: number,
  signal: AbortSignal,
): Promise<boolean> {
  if (upload.size !== size) return false;
  if (upload.asks === s3.service.asks) return (await receipts.find(partial, upload, signal)) !== undefined;
  await drop(s3, receipts, partial, upload, signal);
  return false;
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
