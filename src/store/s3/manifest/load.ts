/** The manifest of a place, read into rows: all of it, or where it is not one, nothing. */
import { isKind } from '../../../errors.ts';
import type { FileEntry } from '../../entry.ts';
import { bodyOf } from '../body.ts';
import { manifestPath } from '../keys.ts';
import type { S3 } from '../place.ts';
import type { Rows } from './book.ts';
import { entriesIn, firstLine, type KeptAt, keptIn, rowOf } from './line.ts';
import { fileAt } from './names.ts';

const mostLineBytes = 256 * 1024;
const rowsAtOnce = 1000;
const newline = 0x0a;

/** The object that it is in; undefined where there is none. */
export function manifestOf(s3: S3, signal: AbortSignal): Promise<FileEntry | undefined> {
  return fileAt(s3, manifestPath, signal);
}

/** Fills the rows, which are new. Answers why they are empty; undefined where it can be read. */
export async function load(
  s3: S3,
  manifest: FileEntry,
  rows: Rows,
  signal: AbortSignal,
): Promise<string | undefined> {
  const why = await fill(rows, entriesOf(s3, manifest, signal));
  if (why !== undefined) rows.clear();
  return why;
}

async function fill(rows: Rows, entries: AsyncIterable<KeptAt>): Promise<string | undefined> {
  let told: KeptAt[] = [];
  const tell = () => {
    rows.atOnce(() => {
      for (const one of told) rows.put(rowOf(one));
    });
    told = [];
  };
  try {
    for await (const one of entries) if (told.push(one) >= rowsAtOnce) tell();
    tell();
    return undefined;
  } catch (error) {
    if (error instanceof Unreadable || isKind(error, 'corrupt')) return error.message;
    throw error;
  }
}

class Unreadable extends Error {}

async function* entriesOf(s3: S3, manifest: FileEntry, signal: AbortSignal): AsyncGenerator<KeptAt> {
  let entries = -1;
  let isEnded = false;
  for await (const line of linesOf(s3, manifest, signal)) {
    if (entries < 0 && line !== firstLine)
      throw new Unreadable('it does not begin as this version writes them');
    if (isEnded) throw new Unreadable('something follows its end');
    entries++;
    if (entries === 0) continue;
    const one = keptIn(line);
    isEnded = !one && entriesIn(line) === entries - 1;
    if (one) yield one;
    else if (!isEnded) throw new Unreadable(`its line ${entries + 1} is not as expected`);
  }
  if (!isEnded) throw new Unreadable('its end is missing');
}

async function* linesOf(s3: S3, manifest: FileEntry, signal: AbortSignal): AsyncGenerator<string> {
  let rest: Uint8Array = new Uint8Array(0);
  for await (const chunk of bodyOf(s3, manifest).open({ offset: 0, length: manifest.size }, signal)) {
    let bytes = rest.length === 0 ? chunk : Buffer.concat([rest, chunk]);
    for (let end = bytes.indexOf(newline); end >= 0; end = bytes.indexOf(newline)) {
      yield Buffer.from(bytes.buffer, bytes.byteOffset, end).toString();
      bytes = bytes.subarray(end + 1);
    }
    if (bytes.length > mostLineBytes) throw new Unreadable('a line of it is too long');
    rest = bytes;
  }
  if (rest.length > 0) throw new Unreadable('its end is missing');
}
