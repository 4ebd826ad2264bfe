/** What a lane holds for a whole run, and how its work is counted, paced and named. */
import type { Told } from '../../conduct/lanes/lanes.ts';
import { Ledger } from '../../conduct/lanes/ledger.ts';
import { Sweep } from '../../conduct/sweep.ts';
import { TransferError, takesNoMore } from '../../errors.ts';
import type { Bundle } from '../../profile/bundle.ts';
import { type Excluded, excludedBy } from '../../profile/filter.ts';
import { type Body, filled, type Range } from '../../store/body.ts';
import type { FileEntry } from '../../store/entry.ts';
import { textOf } from '../../store/named.ts';
import { below, itself, type RelativePath } from '../../store/path.ts';
import type { NameBytes } from '../../store/rows.ts';
import { takeChunk } from '../../work/chunk-memory.ts';
import { BatchPace } from './batch-pace.ts';
import type { Crewed } from './crew.ts';
import { sourceInFull } from './entries/in-full.ts';
import type { Doubts } from './metadata/doubts.ts';
import type { Together } from './together.ts';

const dot = 0x2e;
const passedForOne = 64;

export class Lane {
  readonly setup: Crewed['setup'];
  readonly board: Crewed['board'];
  readonly rights: Crewed['rights'];
  readonly handed: Crewed['handed'];
  readonly cases: Crewed['cases'];
  readonly directories: Crewed['directories'];
  readonly unmade: Crewed['unmade'];
  readonly ledger: Ledger;
  /** what the rules leave out; undefined: nothing */
  readonly excluded: Excluded | undefined;
  /** gives some of the job to other lanes, which are taken to be busy with it */
  share!: (bundle: Bundle) => void;
  /** bytes and entries of the job so far, for its budget */
  spentBytes = 0;
  spentEntries = 0;
  /** how many of those were more work than to be looked at */
  worked = 0;
  /** the small entries of the job, where they do not go one by one */
  together: Together | undefined;
  /** what of the job is the same but for attributes, perhaps; undefined: it is settled at once, for what is linked to it next */
  doubts: Doubts | undefined;
  /** how many entries go together */
  readonly batchPace: BatchPace;
  readonly budgetBytes: number;
  readonly #number: number;
  readonly #sweep: Sweep;
  #partials = 0;

  constructor({ setup, board, rights, handed, cases, directories, unmade }: Crewed, number: number) {
    this.setup = setup;
    this.board = board;
    this.rights = rights;
    this.handed = handed;
    this.cases = cases;
    this.directories = directories;
    this.unmade = unmade;
    this.ledger = new Ledger(setup);
    this.#sweep = new Sweep(setup);
    this.excluded = excludedBy(setup.rules);
    const { budget, batches } = setup;
    this.batchPace = new BatchPace(budget.entries, batches?.budget?.entries);
    this.budgetBytes = batches?.budget?.bytes ?? budget.bytes;
    this.#number = number;
  }

  get signal(): AbortSignal {
    return this.board.signal;
  }

  /** Starts anew for another job. */
  open(id: number, did: Told['did'], share: (bundle: Bundle) => void): void {
    this.ledger.open(id, did);
    this.share = share;
    this.spentBytes = 0;
    this.spentEntries = 0;
    this.worked = 0;
  }

  partialName(): Buffer {
    return Buffer.from(`${this.setup.ownTag}${this.#number}-${++this.#partials}.part`);
  }

  /** Whether leftovers are to be looked for in a directory: the first time that it is asked. */
  sweeps(dir: Uint8Array): boolean {
    return this.#sweep.isDue(dir);
  }

  /** A name of ours that no run needs any more; those of this run are in use. */
  isLeftover(name: string): boolean {
    const { tag, suffix } = this.setup;
    if (this.isOurs(name) && !name.startsWith(tag)) return !name.endsWith(suffix.own);
    return this.#sweep.takes(name);
  }

  /** A name as those of runs of this route look. */
  isOurs(name: string): boolean {
    const { tag, suffix } = this.setup;
    const end = name.slice(-suffix.own.length);
    return name.startsWith(tag) || (suffix.all !== '' && end.startsWith(suffix.all));
  }

  /** The same of its bytes: of very many names that are none of ours no text is made. */
  isOursAt({ bytes, start, end }: NameBytes): boolean {
    const late = Math.max(start, end - this.setup.suffix.own.length);
    return (bytes[start] === dot || bytes[late] === dot) && this.isOurs(textOf(bytes, start, end));
  }

  /** Where what the source has at this path goes: elsewhere where one file goes to another name. */
  target(path: RelativePath): RelativePath {
    const { single } = this.setup;
    return single ? below(itself, single)! : path;
  }

  /** The bytes of a source file, counted and paced as they move. */
  bodyOf(file: FileEntry): Body {
    const { source, keep } = this.setup;
    const body = keep.sparse ? source.read(file) : filled(source.read(file));
    return { ...body, open: (range, signal) => this.#moving(body, range, signal) };
  }

  /** Whether the destination gets a file without its bytes passing through here. */
  copies(file: FileEntry): boolean {
    const { source, dest } = this.setup;
    return dest.copies?.(source.read(file).origin, file.size) ?? false;
  }

  /** A file with all that is to be known of it, and its bytes. Throws 'changed' where it is another one now. */
  async opened(file: FileEntry): Promise<{ readonly file: FileEntry; readonly body: Body }> {
    const { source, inlineBytes } = this.setup;
    if (!file.isBrief || !source.take || file.size > inlineBytes || this.copies(file)) {
      const seen = await sourceInFull(source, file, this.signal);
      return { file: seen, body: this.bodyOf(seen) };
    }
    const { entry, bytes, origin } = await source.take(file, this.signal);
    await this.moves(bytes.length);
    const open = ({ offset, length }: Range) => pieceOf(bytes, offset, length);
    return { file: entry, body: { size: bytes.length, origin, held: bytes, open } };
  }

  async *#moving(body: Body, range: Range, signal: AbortSignal) {
    for await (const chunk of body.open(range, signal)) {
      await this.moves(chunk.length);
      yield chunk;
    }
  }

  /** Much is about to move: each end may make ready for it. */
  expectMuch(): void {
    for (const end of [this.setup.source, this.setup.dest]) end.expectMuch?.();
  }

  async moves(bytes: number): Promise<void> {
    this.spentBytes += bytes;
    this.board.count(bytes, 0);
    await this.setup.pace?.(bytes, this.signal);
  }

  /** Bytes that somebody else moves for it, and paces by himself. */
  movesElsewhere(bytes: number): void {
    this.board.count(bytes, 0);
  }

  /** Waits until so many bytes may move. */
  async paced(bytes: number): Promise<void> {
    await this.setup.pace?.(bytes, this.signal);
  }

  /** Something was written that is not durable yet. */
  wrote(): void {
    this.ledger.wrote();
  }

  /** An entry is dealt with, or only opened again. */
  counted(entries = 1): void {
    this.spentEntries++;
    this.worked++;
    this.board.count(0, entries);
  }

  /** Entries were nearly no work. */
  passed(entries = 1): void {
    this.spentEntries += entries / passedForOne;
    this.board.count(0, entries);
  }

  /**
   * An entry failed: a full or read-only disk, or a place that is not reached any more or fails with many, ends the run; a stop is
   * no failure, nor what is below a directory that failed.
   * Throws what is none of a store's errors.
   */
  failed(path: Uint8Array, error: unknown): void {
    if (this.board.stopped) return;
    if (!(error instanceof TransferError)) throw error;
    const { kind, message, hint, isOfOne } = error;
    const isGone = kind === 'transient' && !(isOfOne && this.board.bears());
    const ends = takesNoMore(kind) || isGone;
    if (!ends && this.unmade.covers(path)) return;
    this.ledger.failed({ path, kind, message, hint });
    if (ends) this.board.stop();
  }
}

/** Memory of its own, for it is the reader's: who tries again finds the bytes as they were. */
async function* pieceOf(bytes: Uint8Array, offset: number, length: number): AsyncGenerator<Uint8Array> {
  if (length === 0) return;
  const piece = takeChunk(length);
  piece.set(bytes.subarray(offset, offset + length));
  yield piece;
}
