/** What some services refuse because their objects are files on a disk: one below another, or in place of a directory. */
import { TransferError } from '../../errors.ts';
import { show } from '../../report/show.ts';
import type { RelativePath } from '../path.ts';
import { head } from './look.ts';
import type { S3 } from './place.ts';

/** How they say it. */
export const asOnDisk = ['ExistingObjectIsDirectory', 'ObjectParentIsFile'] as const;

/** A 'conflict' that says what is there. */
export async function inTheWay(
  s3: S3,
  path: RelativePath,
  key: string,
  signal: AbortSignal,
): Promise<TransferError> {
  const above = await objectAbove(s3, path, key, signal);
  const why =
    above === undefined
      ? 'a directory has this name, and this service keeps no object beside it'
      : `${placeOf(s3, above)} is an object, and this service keeps nothing below one`;
  return new TransferError('conflict', `cannot write ${s3.root.show(path)}: ${why}`, {
    hint: 'move what is there, or choose another destination',
  });
}

/** The key of the first one; undefined where there is none. */
async function objectAbove(
  s3: S3,
  path: RelativePath,
  key: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  for (let at = key.indexOf('/'); at >= 0; at = key.indexOf('/', at + 1)) {
    const above = key.slice(0, at);
    if (above !== '' && (await head(s3, path, above, signal))) return above;
  }
  return undefined;
}

function placeOf({ root }: S3, key: string): string {
  return show(Buffer.from(`s3://${root.bucket}/${key}`));
}
