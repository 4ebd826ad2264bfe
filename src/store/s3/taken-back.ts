/** What a service made of something is not that: nobody is to take it for the file, so it goes. */
import { TransferError } from '../../errors.ts';
import type { RelativePath } from '../path.ts';
import { askFor, type S3 } from './place.ts';

/** The error to throw, whether or not the object could be removed. */
export async function takenBack(
  s3: S3,
  path: RelativePath,
  key: string,
  signal: AbortSignal,
): Promise<TransferError> {
  await askFor(s3, 'remove', path, { method: 'DELETE', key }, signal).catch(() => undefined); // that it is wrong matters more
  const message = `cannot write ${s3.root.show(path)}: the service keeps something else than it was given`;
  return new TransferError('corrupt', message, {
    hint: 'the service, or something before it, changes bytes',
  });
}
