/**
 * Names of one file: the bytes are in one object, and the manifest says which other names lead there. Such a name counts
 * only as long as the object is what it was then, so that nobody takes other bytes for those of the file.
 */
import { TransferError } from '../../../errors.ts';
import { pathKey } from '../../../work/posix/path.ts';
import type { FileEntry } from '../../entry.ts';
import type { RelativePath } from '../../path.ts';
import { entryOf } from '../entry.ts';
import { head } from '../look.ts';
import type { S3 } from '../place.ts';
import type { Kept } from './line.ts';

export type Link = Extract<Kept, { kind: 'link' }>;

const mark = 'manifest\0';

/** What all names of the file in an object have in common. */
export function linkedTo(path: RelativePath): string {
  return mark + pathKey(path);
}

/** The object that the bytes of an entry are in; undefined: its own, as far as the entry tells. */
export function objectOf({ linked }: FileEntry): RelativePath | undefined {
  if (!linked?.startsWith(mark)) return undefined;
  return Buffer.from(linked.slice(mark.length), 'latin1') as Uint8Array as RelativePath;
}

export async function fileAt(
  s3: S3,
  path: RelativePath,
  signal: AbortSignal,
): Promise<FileEntry | undefined> {
  const key = s3.root.keyIn(path);
  const found = key === undefined ? undefined : await head(s3, path, key, signal);
  const entry = found && entryOf(path, found.headers);
  return entry?.kind === 'file' ? entry : undefined;
}

/** The file under its other name; undefined where what it leads to is not there, or is another file now. */
export async function followed(
  s3: S3,
  path: RelativePath,
  { to, size, mtimeNs }: Link,
  signal: AbortSignal,
): Promise<FileEntry | undefined> {
  const file = await fileAt(s3, to, signal);
  if (file?.size !== size || file.mtimeNs !== mtimeNs) return undefined;
  return { ...file, path, linked: linkedTo(to) };
}

/** Why a name cannot be followed. */
export function astray({ root }: S3, path: RelativePath, { to }: Link): TransferError {
  const message =
    `cannot take ${root.show(path)}: the manifest says that it is another name of ${root.show(to)}, ` +
    'which is not there or is another file now';
  return new TransferError('missing', message, {
    hint: 'transfer the tree there again, or leave it out with --exclude',
  });
}
