/** Puts what is known into the manifest, where it is the one that was read, or one that was looked at again. */
import { isKind } from '../../../errors.ts';
import type { Body, Range } from '../../body.ts';
import type { FileEntry } from '../../entry.ts';
import { noMetadata } from '../../entry.ts';
import type { Store } from '../../store.ts';
import { manifestPath } from '../keys.ts';
import type { S3 } from '../place.ts';
import type { Book } from './book.ts';
import { firstLine, lastLine } from './line.ts';
import { load, manifestOf } from './load.ts';
import type { Records } from './records.ts';

const mostRivals = 3;

/** Throws 'conflict' where others write it again and again. */
export async function seal(
  s3: S3,
  write: Store['write'],
  { records, book, manifest }: { records: Records; book: Book; manifest: FileEntry | undefined },
  signal: AbortSignal,
): Promise<FileEntry> {
  for (let tries = 0, replaces = manifest; ; tries++) {
    const how = {
      metadata: noMetadata,
      replaces,
      partial: Buffer.from('.difpipe-manifest'),
      durable: true,
    };
    try {
      const { entry } = await write(manifestPath, bodyOf(records), how, signal);
      records.settled();
      return entry;
    } catch (error) {
      if (!isKind(error, 'conflict') || tries >= mostRivals) throw error;
      replaces = await takeIn(s3, records, book, signal);
    }
  }
}

/** Somebody else's manifest: what it says of paths that are not known here is true still. */
async function takeIn(
  s3: S3,
  records: Records,
  book: Book,
  signal: AbortSignal,
): Promise<FileEntry | undefined> {
  const manifest = await manifestOf(s3, signal);
  if (!manifest) return undefined;
  using theirs = book.open();
  await load(s3, manifest, theirs, signal);
  records.add(theirs);
  return manifest;
}

/** Its size is found by going through it, so that it need not be held. */
function bodyOf(records: Records): Body {
  let size = 0;
  for (const chunk of chunksOf(records)) size += chunk.length;
  return { size, open: (range, signal) => open(records, range, signal) };
}

async function* open(records: Records, { offset, length }: Range, signal: AbortSignal) {
  let [at, end] = [0, offset + length];
  for (const chunk of chunksOf(records)) {
    signal.throwIfAborted();
    const piece = chunk.subarray(Math.max(0, offset - at), Math.max(0, end - at));
    at += chunk.length;
    if (piece.length > 0) yield piece;
    if (at >= end) return;
  }
}

const chunkChars = 64 * 1024;

function* chunksOf(records: Records): Generator<Buffer> {
  let [text, entries] = [`${firstLine}\n`, 0];
  for (const { line } of records.lines()) {
    text += `${line}\n`;
    entries++;
    if (text.length < chunkChars) continue;
    yield Buffer.from(text);
    text = '';
  }
  yield Buffer.from(`${text}${lastLine(entries)}\n`);
}
