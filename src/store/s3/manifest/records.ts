/**
 * What is known of the tree at a place beside its objects. Changes are told in groups, and are as durable as can be when
 * they are answered. An object that has the name of a record is what counts.
 */
import { TransferError } from '../../../errors.ts';
import { pathKey } from '../../../work/posix/path.ts';
import type { RelativePath } from '../../path.ts';
import type { Book, Row, Rows } from './book.ts';
import { type Kept, type KeptAt, keptIn, rowOf } from './line.ts';

const nothing = new Uint8Array(0);
const pageRows = 64;

export class Records implements Disposable {
  readonly #book: Book;
  readonly #place: string;
  readonly #overshadowed = new Set<string>();
  #rows: Rows;
  #isLasting: boolean;
  #telling: Promise<void> | undefined;
  /** the state of the manifest that these began with; '' none */
  readonly base: string;

  constructor(given: { book: Book; place: string; rows: Rows; base: string; isLasting: boolean }) {
    this.#book = given.book;
    this.#place = given.place;
    this.#rows = given.rows;
    this.#isLasting = given.isLasting;
    this.base = given.base;
  }

  /** Something was changed that the manifest does not say. */
  get isChanged(): boolean {
    return this.#isLasting;
  }

  find(path: Uint8Array): Kept | undefined {
    if (this.#overshadowed.size > 0 && this.#overshadowed.has(pathKey(path))) return undefined;
    const row = this.#rows.find(path);
    return row && keptIn(row.line)?.kept;
  }

  /** What is kept of a directory, by path. */
  *inside(dir: RelativePath): Generator<KeptAt[]> {
    for (let after: Uint8Array = nothing; ; ) {
      const rows = this.#rows.inside(dir, after, pageRows);
      if (rows.length === 0) return;
      yield rows.flatMap((row) => this.#keptOf(row));
      after = rows.at(-1)!.path;
    }
  }

  holdsAny(dir: RelativePath): boolean {
    return this.#rows.inside(dir, nothing, 1).length > 0;
  }

  isNamed(target: Uint8Array): boolean {
    return this.#rows.leadingTo(target, nothing, 1).length > 0;
  }

  /** One of the other names of the file in an object: that which comes last. */
  lastNameOf(target: Uint8Array): KeptAt | undefined {
    const row = this.#rows.lastLeadingTo(target);
    return row && keptIn(row.line);
  }

  /** An object has its name now. */
  overshadow(path: Uint8Array): void {
    this.#overshadowed.add(pathKey(path));
  }

  lines(): Iterable<Row> {
    return this.#rows.all();
  }

  keep(path: RelativePath, kept: Kept): Promise<void> {
    return this.#tell((rows) => {
      rows.put(rowOf({ path, kept }));
      this.#overshadowed.delete(pathKey(path));
    });
  }

  drop(path: RelativePath): Promise<void> {
    return this.#tell((rows) => {
      rows.drop(path);
      this.#overshadowed.delete(pathKey(path));
    });
  }

  /** All that leads to an object leads elsewhere, which may be the same with another time; nothing leads to itself. */
  lead(from: RelativePath, link: Extract<Kept, { kind: 'link' }>): Promise<void> {
    return this.#tell((rows) => {
      rows.drop(link.to);
      for (let after: Uint8Array = nothing; ; ) {
        const names = rows.leadingTo(from, after, pageRows);
        if (names.length === 0) return;
        for (const { path } of names) rows.put(rowOf({ path: path as RelativePath, kept: link }));
        after = names.at(-1)!.path;
      }
    });
  }

  /** What others know of paths that are not known here. */
  add(others: Rows): void {
    this.#rows.atOnce(() => {
      for (const row of others.all()) this.#rows.add(row);
    });
  }

  /** The manifest says the same now. */
  settled(): void {
    this.#book.forget(this.#place);
    this.#isLasting = false;
  }

  /** It can be seen at once; one transaction is for all who tell something at about the same time. */
  #tell(act: (rows: Rows) => void): Promise<void> {
    this.#telling ??= this.#begin();
    act(this.#rows);
    return this.#telling;
  }

  #begin(): Promise<void> {
    this.#mustLast();
    this.#rows.begin();
    return new Promise<void>((resolve) => setImmediate(resolve)).then(() => {
      this.#telling = undefined;
      this.#rows.end();
    });
  }

  #mustLast(): void {
    if (this.#isLasting) return;
    if (!this.#book.keep)
      throw new TransferError('unsupported', `the manifest of ${this.#place} is only read`);
    const before = this.#rows;
    this.#rows = this.#book.keep(before, this.#place, this.base);
    this.#isLasting = true;
    before[Symbol.dispose]();
  }

  #keptOf(row: Row): KeptAt[] {
    const found = this.#overshadowed.has(pathKey(row.path)) ? undefined : keptIn(row.line);
    return found ? [found] : [];
  }

  [Symbol.dispose](): void {
    this.#rows[Symbol.dispose]();
  }
}
