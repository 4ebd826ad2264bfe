/** Sends one part of an upload, with what its bytes add up to, or has the service copy it. */

import type { Sent } from '../../../work/http/wire.ts';
import type { Body, Range } from '../../body.ts';
import { notWhole } from '../../body-faults.ts';
import type { RelativePath } from '../../path.ts';
import { copyPart } from '../copy.ts';
import { askFor, type S3 } from '../place.ts';
import { headerOf, type SumName, summing } from '../sums/checksum.ts';
import { hold } from './held.ts';
import type { Receipts } from './receipts.ts';
import { countOf, partBytes, type Upload } from './upload.ts';

/** A part that is longer is read twice: for its checksum, and to be sent. */
const mostHeld = 32 * 1024 * 1024;

export type Part = {
  readonly partial: RelativePath;
  readonly upload: Upload;
  readonly range: Range;
  readonly body: Body;
};

export async function putPart(
  s3: S3,
  receipts: Receipts,
  { partial, upload, range, body }: Part,
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
  const { sent, headers } = await readied(s3, { partial, range, body, roomed, sum: there.sum }, signal);
  const ask = { method: 'PUT', key: upload.key, query, headers, body: sent } as const;
  const answer = await askFor(s3, 'write', partial, ask, signal).catch((error: unknown) => {
    receipts.forget(upload);
    throw error;
  });
  const sum = there.sum && headers[headerOf(there.sum)];
  there.parts.set(number, { size: range.length, etag: answer.headers.etag ?? '', sum });
  if (sent === room) s3.spare.give(room); // it was answered, so nobody sends it any more
}

type Readying = Omit<Part, 'upload'> & {
  readonly roomed: () => Buffer;
  readonly sum: SumName | undefined;
};

async function readied(
  s3: S3,
  { partial, range, body, roomed, sum }: Readying,
  signal: AbortSignal,
): Promise<{ readonly sent: Sent; readonly headers: Record<string, string> }> {
  const { add, headers } = summing(sum);
  if (range.length <= mostHeld) {
    const bytes = await hold(body, range, signal, roomed);
    if (!bytes) throw notWhole(s3.root.show(partial), body.size);
    add(bytes);
    return { sent: bytes, headers: headers() };
  }
  let length = 0;
  for await (const chunk of body.open(range, signal)) {
    add(chunk);
    length += chunk.length;
  }
  if (length !== range.length) throw notWhole(s3.root.show(partial), body.size);
  return { sent: { size: length, open: () => body.open(range, signal) }, headers: headers() };
}
