/** The end of a multipart upload: its parts become the object, unless somebody else has the name. */
import { TransferError } from '../../../errors.ts';
import type { Entry, FileEntry, Metadata, Unkept, Written } from '../../entry.ts';
import type { Parts } from '../../parts.ts';
import type { RelativePath } from '../../path.ts';
import { bare, entryOf, tagOf } from '../entry.ts';
import { head } from '../look.ts';
import type { S3 } from '../place.ts';
import { isRefusal, must, Refusal } from '../service/fault.ts';
import { escaped, text } from '../service/xml.ts';
import { headerOf, joinedSum, type SumName } from '../sums/checksum.ts';
import { askOver, taken } from './put.ts';
import { type Arrived, elementOf, type Receipts } from './receipts.ts';
import { countOf, type Upload } from './upload.ts';

type To = { readonly path: RelativePath; readonly upload: Upload };

export async function complete(
  s3: S3,
  receipts: Receipts,
  to: To,
  { metadata, replaces }: Parameters<Parts['finish']>[2],
  signal: AbortSignal,
): Promise<Written> {
  const there = await entryAt(s3, to, signal);
  if (there && bareOf(there) !== bareOf(replaces)) {
    if (isIt(there, to.upload, metadata) && !(await receipts.find(to.path, to.upload, signal)))
      return written(there, metadata); // only the answer was lost
    throw taken(s3, to.path);
  }
  if (replaces && !there) throw taken(s3, to.path);
  const arrived = await allOf(s3, receipts, to, signal);
  await join(s3, to, arrived, replaces, signal);
  receipts.forget(to.upload);
  const made = await entryAt(s3, to, signal, sumOf(arrived));
  if (made?.kind === 'file' && made.size === to.upload.size) return written(made, metadata);
  throw new TransferError('conflict', `cannot write ${s3.root.show(to.path)}: it was replaced at once`);
}

type Whole = { readonly name: SumName; readonly value: string };

/** Throws 'corrupt' where the service says that it is something else than the `sum` of its parts. */
async function entryAt(
  s3: S3,
  { path, upload }: To,
  signal: AbortSignal,
  sum?: Whole,
): Promise<Entry | undefined> {
  const found = await head(s3, path, upload.key, signal, sum !== undefined);
  const told = sum && found?.headers[headerOf(sum.name)];
  const isWhole = found?.headers['x-amz-checksum-type'] === 'FULL_OBJECT';
  if (isWhole && told !== undefined && told !== sum?.value)
    throw new TransferError('corrupt', `cannot write ${s3.root.show(path)}: its parts became something else`);
  return found && entryOf(path, found.headers);
}

/** Undefined where not all parts were summed up by us. */
function sumOf({ sum: name, parts }: Arrived): Whole | undefined {
  const summed: { size: number; sum: string }[] = [];
  for (const [, { size, sum }] of [...parts].sort(([a], [b]) => a - b)) {
    if (sum === undefined) return undefined;
    summed.push({ size, sum });
  }
  return name && { name, value: joinedSum(name, summed) };
}

function bareOf(entry: Entry | undefined): string | undefined {
  return entry && bare(tagOf(entry));
}

/** Whether an object looks as this upload would make it. */
function isIt(there: Entry, upload: Upload, { mtimeNs }: Metadata): there is FileEntry {
  const isAsLong = there.kind === 'file' && there.size === upload.size;
  return isAsLong && there.mtimeNs === mtimeNs && bareOf(there)!.endsWith(`-${countOf(upload)}`);
}

function written(entry: Entry, metadata: Metadata): Written {
  const keys = Object.keys(metadata) as (keyof Metadata)[];
  const unkept: Unkept = keys.filter(
    (key) => metadata[key] !== undefined && !isSame(entry[key], metadata[key]),
  );
  return { entry: entry as FileEntry, unkept };
}

function isSame(a: Metadata[keyof Metadata], b: Metadata[keyof Metadata]): boolean {
  if (typeof a !== 'object' || typeof b !== 'object') return a === b;
  return a.uid === b.uid && a.gid === b.gid;
}

/** Those of others who put parts of it are asked for. */
async function allOf(
  s3: S3,
  receipts: Receipts,
  { path, upload }: To,
  signal: AbortSignal,
): Promise<Arrived> {
  const known = await receipts.of(path, upload, signal);
  if (known.parts.size >= countOf(upload)) return known;
  const arrived = await receipts.find(path, upload, signal);
  if (arrived && arrived.parts.size >= countOf(upload)) return arrived;
  throw new TransferError('missing', `cannot write ${s3.root.show(path)}: not all parts of it arrived`);
}

async function join(
  s3: S3,
  { path, upload }: To,
  arrived: Arrived,
  replaces: Entry | undefined,
  signal: AbortSignal,
): Promise<void> {
  const query = { uploadId: upload.id };
  const headers = { 'content-type': 'application/xml' };
  const body = Buffer.from(listOf(arrived));
  const ask = { method: 'POST', key: upload.key, query, headers, body } as const;
  const asked = askOver(s3, { path, ask, replaces }, signal).then((answer) =>
    mustBeDone(answer.body.toString()),
  );
  const joined = asked.catch((error: unknown) => {
    if (isRefusal(error, 412)) throw taken(s3, path);
    throw error;
  });
  await must(joined, () => `write ${s3.root.show(path)}`);
}

/** It begins to answer before it knows whether it can. */
function mustBeDone(xml: string): void {
  if (xml.includes('<CompleteMultipartUploadResult')) return;
  throw new Refusal(
    500,
    text(xml, 'Code') ?? 'InternalError',
    text(xml, 'Message') ?? 'it does not say that it is done',
  );
}

function listOf(arrived: Arrived): string {
  const element = sumOf(arrived) && elementOf(arrived.sum!);
  const items = [...arrived.parts]
    .sort(([a], [b]) => a - b)
    .map(([number, { etag, sum }]) => {
      const told = element ? `<${element}>${sum}</${element}>` : '';
      return `<Part><PartNumber>${number}</PartNumber><ETag>${escaped(etag)}</ETag>${told}</Part>`;
    });
  return `<CompleteMultipartUpload xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${items.join('')}</CompleteMultipartUpload>`;
}
