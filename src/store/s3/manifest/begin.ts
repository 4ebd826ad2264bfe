/** What is known of a place when it is opened: by its manifest, and by a run that could not write that any more. */
import { isKind } from '../../../errors.ts';
import type { FileEntry } from '../../entry.ts';
import type { ManifestHow } from '../access.ts';
import { manifestPath } from '../keys.ts';
import type { S3 } from '../place.ts';
import type { Book, Rows } from './book.ts';
import { load, manifestOf } from './load.ts';
import { Records } from './records.ts';

export type Begun = {
  readonly records: Records;
  readonly book: Book;
  /** as it was read; undefined: there is none */
  readonly manifest: FileEntry | undefined;
};

/** Undefined where there is none that can be read, and none is to be. */
export async function begin(
  s3: S3,
  { isAsked, book: bookOf, warn }: ManifestHow,
  signal: AbortSignal,
): Promise<Begun | undefined> {
  const manifest = await manifestOf(s3, signal).catch((error: unknown) => {
    if (isAsked || !isKind(error, 'denied')) throw error;
    return undefined;
  });
  if (!manifest && !isAsked) return undefined;
  const book = await bookOf();
  const place = `${s3.service.name} s3://${s3.root.bucket}/${s3.root.prefix}`;
  const left = book.left(place);
  const theirs = manifest && left?.base !== manifest.print ? book.open() : undefined;
  const why = theirs && (await load(s3, manifest!, theirs, signal));
  if (why !== undefined) {
    const message = `${s3.root.show(manifestPath)} is no manifest that can be read: ${why}`;
    warn(message, 'other names of files, special files and the like are not known');
    if (!isAsked && !left) return undefined;
  }
  const rows = joined(left, theirs) ?? book.open();
  const base = left?.base ?? manifest?.print ?? '';
  return { records: new Records({ book, place, rows, base, isLasting: left !== undefined }), book, manifest };
}

/** Ours is newer. */
function joined(ours: Rows | undefined, theirs: Rows | undefined): Rows | undefined {
  if (!ours || !theirs) return ours ?? theirs;
  using others = theirs;
  ours.atOnce(() => {
    for (const row of others.all()) ours.add(row);
  });
  return ours;
}
