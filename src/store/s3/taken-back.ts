/** What a service made of something is not that: nobody is to take it for the file, so it goes. */
import type { IncomingHttpHeaders } from 'node:http';
import { TransferError } from '../../errors.ts';
import type { RelativePath } from '../path.ts';
import { bare } from './entry.ts';
import { head } from './look.ts';
import { askFor, type S3 } from './place.ts';

/** What was made under a name; '' for an ETag that was not told. */
export type Made = { readonly path: RelativePath; readonly key: string; readonly etag: string };

/** The error to throw, whether or not the object could be removed; what somebody else put there since stays. */
export async function takenBack(s3: S3, made: Made, signal: AbortSignal): Promise<TransferError> {
  const { path } = made;
  await remove(s3, made, signal).catch(() => undefined); // that it is wrong matters more
  const message = `cannot write ${s3.root.show(path)}: the service keeps something else than it was given`;
  return new TransferError('corrupt', message, {
    hint: 'the service, or something before it, changes bytes',
  });
}

async function remove(s3: S3, { path, key, etag }: Made, signal: AbortSignal): Promise<void> {
  const found = await head(s3, path, key, signal).catch(() => undefined); // who may not look may remove
  if (found && !isMade(found.headers, etag)) return;
  await askFor(s3, 'remove', path, { method: 'DELETE', key }, signal);
}

/** Whether what has the name is what was made there, as far as the service tells. */
export function isMade(headers: IncomingHttpHeaders, etag: string): boolean {
  return etag === '' || bare(headers.etag ?? '') === bare(etag);
}
