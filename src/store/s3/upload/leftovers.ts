/** Uploads that were begun in a bucket and not ended, whoever began them: looked for by key, and given up by id. */
import { isKind } from '../../../errors.ts';
import type { S3Place } from '../../../location/location.ts';
import type { S3Access } from '../access.ts';
import { answerOf } from '../service/answer.ts';
import { settle } from '../service/chain.ts';
import { isRefusal, must } from '../service/fault.ts';
import { createService } from '../service/service.ts';
import { listingOfNothing } from '../service/why.ts';
import { wished } from '../service/wished.ts';
import { elements, text } from '../service/xml.ts';

export type Leftover = { readonly key: string; readonly id: string; readonly begunMs: number };

export type Leftovers = Disposable & {
  /** for whom it is asked what is left */
  readonly service: string;
  /** Throws where there is no such bucket, or who would know does not answer; not where nobody may look. */
  readonly mustBeThere: (signal: AbortSignal) => Promise<void>;
  readonly ofKey: (key: string, signal: AbortSignal) => Promise<Leftover[]>;
  /** One that is gone is gone. */
  readonly abort: (upload: Leftover, signal: AbortSignal) => Promise<void>;
};

/** Asks nobody anything yet. */
export async function openLeftovers(place: S3Place, access: S3Access): Promise<Leftovers> {
  const service = wished(createService(place.bucket, await settle(access)), access, place.prefix);
  const shown = `s3://${place.bucket}`;
  return {
    service: service.name,
    async mustBeThere(signal) {
      try {
        await must(service.ask(listingOfNothing, signal), () => `look at ${shown}`);
      } catch (error) {
        if (!isKind(error, 'denied')) throw error;
      }
    },
    async ofKey(key, signal) {
      const query = { uploads: '', prefix: key };
      const asked = service
        .ask({ method: 'GET', key: '', query }, signal)
        .then(({ body }) => uploadsIn(body));
      const uploads = await must(asked, () => `list the uploads of ${shown}`);
      return uploads.filter((upload) => upload.key === key);
    },
    async abort({ key, id }, signal) {
      const asked = service.ask({ method: 'DELETE', key, query: { uploadId: id } }, signal);
      const gone = asked.catch((error: unknown) => {
        if (!isRefusal(error, 404)) throw error;
      });
      await must(gone, () => `give up an upload of ${shown}/${key}`);
    },
    [Symbol.dispose]: () => service[Symbol.dispose](),
  };
}

/** Those of the first page: who has a thousand of one key is told of these. */
function uploadsIn(body: Uint8Array): Leftover[] {
  const xml = answerOf(body, 'ListMultipartUploadsResult');
  return [...elements(xml, 'Upload')].map((upload) => ({
    key: text(upload, 'Key') ?? '',
    id: text(upload, 'UploadId') ?? '',
    begunMs: Date.parse(text(upload, 'Initiated') ?? '') || 0,
  }));
}
