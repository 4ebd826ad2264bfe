/** What was listed of a directory at the destination, by name: the first as they are, however many more packed. */
import type { Entry } from '../../../store/entry.ts';
import type { RelativePath } from '../../../store/path.ts';
import type { Rows } from '../../../store/rows.ts';
import { Packed } from './packed.ts';

const mostAsTheyAre = 20_000;

export class Present {
  readonly #first = new Map<string, Entry>();
  readonly #dir: RelativePath;
  #packed: Packed | undefined;
  #rows: Rows | undefined;

  constructor(dir: RelativePath) {
    this.#dir = dir;
  }

  /** False where it is one too many. */
  add(name: string, entry: Entry): boolean {
    if (this.#first.size >= mostAsTheyAre) {
      this.#packed ??= new Packed(this.#dir);
      return this.#packed.add(name, entry);
    }
    this.#first.set(name, entry);
    return true;
  }

  /** What all was listed as. */
  hold(rows: Rows): void {
    this.#rows = rows;
  }

  /** Undefined where it was not listed so. */
  get rows(): Rows | undefined {
    return this.#rows;
  }

  /** One that was asked for. */
  set(name: string, entry: Entry): void {
    this.#packed?.delete(name);
    this.#rows?.delete(name);
    this.#first.set(name, entry);
  }

  get(name: string): Entry | undefined {
    return this.#first.get(name) ?? this.#packed?.get(name) ?? this.#rows?.get(name);
  }

  delete(name: string): void {
    if (this.#first.delete(name)) return;
    this.#packed?.delete(name);
    this.#rows?.delete(name);
  }

  *values(): Generator<Entry> {
    yield* this.#first.values();
    if (this.#packed) yield* this.#packed.values();
    if (this.#rows) yield* this.#rows.values();
  }
}
