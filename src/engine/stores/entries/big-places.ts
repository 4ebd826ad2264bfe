/** Where a large file is at both ends, and its source as it was when it was found. */
import { type BigFile, bigName } from '../../../conduct/bigs/big-file.ts';
import { isKind } from '../../../errors.ts';
import { type FileEntry, noMetadata } from '../../../store/entry.ts';
import { pathIn } from '../../../store/named.ts';
import type { RelativePath } from '../../../store/path.ts';
import type { Lane } from '../lane.ts';
import { finely } from '../metadata/finely.ts';
import { printOf } from './source-mark.ts';

/** The same, to be read: where a look costs time, it is left to the reading to say that it changed. */
export async function readable(lane: Lane, file: BigFile): Promise<FileEntry | undefined> {
  if (!('roundTripMs' in lane.setup.source)) return sourceOf(lane, file);
  const { bytes: size, print } = file;
  const unknown = { ...noMetadata, allocated: undefined, linked: undefined };
  return { kind: 'file', path: pathOf(file), ...unknown, size, print };
}

/** The source as who found it saw it, once, where a look costs time: what became of it since shows when it is read. */
export function listedOf({ handed, setup }: Lane, file: BigFile): FileEntry | undefined {
  const entry = handed.take(pathOf(file))?.entry;
  if (!('roundTripMs' in setup.source) || entry?.kind !== 'file' || entry.isBrief) return undefined;
  return printOf(entry) === file.print ? entry : undefined;
}

/** The source as it was when it was found; undefined where it is not that any more. */
export async function sourceOf(lane: Lane, file: BigFile): Promise<FileEntry | undefined> {
  const entry = await lane.setup.source.stat(pathOf(file), lane.signal);
  return entry?.kind === 'file' && printOf(entry) === file.print ? entry : undefined;
}

/** The same with its time as finely as anybody there tells it. */
export async function fineSourceOf(lane: Lane, file: BigFile): Promise<FileEntry | undefined> {
  const { setup, signal } = lane;
  const [source, finelyNs] = await Promise.all([
    sourceOf(lane, file),
    setup.keep.times ? setup.source.finelyOf?.({ path: pathOf(file) }, signal) : undefined,
  ]);
  return source && finely(lane, source, finelyNs);
}

/** What its ranges are put into. */
export function partialOf(file: BigFile): RelativePath {
  return pathIn(file.dir, Buffer.from(file.partial));
}

/** Its own name at the source. */
export function pathOf(file: BigFile): RelativePath {
  return pathIn(file.dir, bigName(file));
}

/** What was not as it should be is looked at again; other errors are the file's. */
export async function guarded(lane: Lane, file: BigFile, work: () => Promise<void>): Promise<void> {
  try {
    await work();
  } catch (error) {
    if (isKind(error, 'changed', 'missing', 'corrupt') && !lane.board.stopped) changed(lane);
    else lane.failed(pathOf(file), error);
  }
}

/** To be found anew, and to begin from its first byte. */
export function changed(lane: Lane): void {
  lane.ledger.out.big = 'changed';
}
