/** Which parts of an upload have arrived: as this process has seen them go, or as the service lists them. */
import type { RelativePath } from '../../path.ts';
import { askFor, type S3 } from '../place.ts';
import { isRefusal } from '../service/fault.ts';
import { elements, text } from '../service/xml.ts';
import type { SumName } from '../sums/checksum.ts';
import { crcs } from '../sums/crc.ts';
import type { Upload } from './upload.ts';

export type Receipt = { readonly size: number; readonly etag: string; readonly sum: string | undefined };

export type Receipts = {
  /** It was begun a moment ago: nothing has arrived. */
  readonly begun: (upload: Upload, sum: SumName | undefined) => void;
  /** Undefined where there is no such upload. */
  readonly find: (partial: RelativePath, upload: Upload, signal: AbortSignal) => Promise<Arrived | undefined>;
  /** The same, or throws 'missing'. */
  readonly of: (partial: RelativePath, upload: Upload, signal: AbortSignal) => Promise<Arrived>;
  /** What was known of it: the service is asked the next time. */
  readonly forget: (upload: Upload) => void;
};

export type Arrived = {
  /** that the service keeps of it, and wants with each part; undefined: none */
  readonly sum: SumName | undefined;
  /** by number */
  readonly parts: Map<number, Receipt>;
};

export function createReceipts(s3: S3): Receipts {
  const known = new Map<string, Promise<Arrived>>();
  const of = (partial: RelativePath, upload: Upload, signal: AbortSignal) => {
    const asked = known.get(upload.id) ?? listParts(s3, partial, upload, signal);
    known.set(upload.id, asked);
    asked.catch(() => known.delete(upload.id));
    return asked;
  };
  return {
    begun: ({ id }, sum) => void known.set(id, Promise.resolve({ sum, parts: new Map() })),
    of,
    async find(partial, upload, signal) {
      try {
        known.delete(upload.id);
        return await of(partial, upload, signal);
      } catch (error) {
        if (isRefusal((error as Error).cause, 404)) return undefined;
        throw error;
      }
    },
    forget: ({ id }) => void known.delete(id),
  };
}

async function listParts(
  s3: S3,
  partial: RelativePath,
  upload: Upload,
  signal: AbortSignal,
): Promise<Arrived> {
  const parts: Arrived['parts'] = new Map();
  let sum: SumName | undefined;
  for (let marker: string | undefined = ''; marker !== undefined; ) {
    const query = { uploadId: upload.id, ...(marker !== '' && { 'part-number-marker': marker }) };
    const asked = { method: 'GET', key: upload.key, query } as const;
    const xml: string = (await askFor(s3, 'look at', partial, asked, signal)).body.toString();
    sum ??= sumIn(xml);
    for (const part of elements(xml, 'Part')) {
      parts.set(Number(text(part, 'PartNumber')), {
        size: Number(text(part, 'Size')),
        etag: text(part, 'ETag') ?? '',
        sum: (sum && text(part, elementOf(sum))) || undefined,
      });
    }
    const next = text(xml, 'IsTruncated') === 'true' ? text(xml, 'NextPartNumberMarker') : undefined;
    marker = Number(next) > Number(marker) ? next : undefined; // what is not listed goes once more
  }
  return { sum, parts };
}

function sumIn(xml: string): SumName | undefined {
  const told = text(xml, 'ChecksumAlgorithm')?.toLowerCase();
  const names = Object.keys(crcs) as SumName[];
  return names.find((name) => name === told) ?? names.find((name) => text(xml, elementOf(name)));
}

/** What the sum of a part is called in XML. */
export function elementOf(name: SumName): string {
  return `Checksum${name.toUpperCase()}`;
}
