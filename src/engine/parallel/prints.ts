/**
 * What was left at the destination, as fingerprints: for each entry of a directory the hash of its name and the
 * hash of what the source looked like (type, mode, inode, size, times) when the destination was made the same.
 * 16 bytes an entry. A match proves that the source has not changed since; it says nothing of the destination. The last bit of
 * a hash is that the source had no attributes.
 */
import type { LeftRow } from '../../journal/types.ts';
import type { Name } from '../../work/posix/dirents.ts';
import type { Stat } from '../../work/posix/stat.ts';
import { covers, isPlace, placeInto, tellsBare } from './prints-place.ts';

const entryWords = 4;
const less = 1; // what tells it from the same with all its attributes
const bare = 1; // the source has none

/** Two 32-bit hashes of some bytes, into `into` at `at`: independent, so that together they are 64 bits. */
function hashBytes(bytes: Uint8Array, start: number, end: number, into: Int32Array, at: number): void {
  let a = 0x811c9dc5 ^ (end - start);
  let b = 0x9e3779b9;
  for (let i = start; i < end; i++) {
    const byte = bytes[i]!;
    a = Math.imul(a ^ byte, 0x01000193);
    b = Math.imul((b << 5) ^ (b >>> 27) ^ byte, 0x85ebca6b);
  }
  into[at] = scramble(a);
  into[at + 1] = scramble(b);
}

function scramble(word: number): number {
  let h = word;
  h = Math.imul(h ^ (h >>> 16), 0x7feb352d);
  h = Math.imul(h ^ (h >>> 15), 0x846ca68b);
  return h ^ (h >>> 16);
}

const printed = [7, 8, 9, 10, 11, 24, 25, 26, 28, 29, 30]; // mode and type, inode, size, ctime, mtime

function hashStat(stat: Stat, into: Int32Array, at: number): void {
  const words = stat.words;
  let a = 0x2545f491;
  let b = 0x6c078965;
  for (let i = 0; i < printed.length; i++) {
    const word = words[printed[i]!]!;
    a = Math.imul(a ^ word, 0xcc9e2d51) ^ (a >>> 15);
    b = Math.imul(b + word, 0x1b873593) ^ (b >>> 13);
  }
  into[at] = scramble(a);
  into[at + 1] = scramble(b);
}

const key = new Int32Array(2);

/** The signed 64-bit number a directory is kept under. */
export function directoryKey(path: Uint8Array): bigint {
  hashBytes(path, 0, path.length, key, 0);
  return BigInt.asIntN(64, (BigInt(key[0]!) << 32n) | BigInt(key[1]! >>> 0));
}

type Slice = {
  readonly end: number; // in entries
  readonly seconds: number;
  readonly ns: number;
  /** who left it compared all that this run does */
  readonly covers: boolean;
  readonly tellsBare: boolean;
};

/** What was left in one directory by runs before this one. */
export class KnownPrints {
  readonly #words: Int32Array;
  readonly #slices: Slice[] = [];
  #cursor = 0;
  #slice = 0;
  #table: Int32Array | undefined;

  /** `look` is how this run looks. */
  constructor(rows: readonly LeftRow[], look: number) {
    const joined = new Uint8Array(rows.reduce((sum, row) => sum + row.prints.length, 0));
    let end = 0;
    for (const row of rows) {
      const { prints, stamp } = row;
      joined.set(prints, end);
      end += prints.length;
      const seconds = Number(stamp / 1_000_000_000n);
      const ns = Number(stamp % 1_000_000_000n);
      const says = { covers: covers(row, look), tellsBare: tellsBare(row, look) };
      this.#slices.push({ end: end / 16, seconds, ns, ...says });
    }
    this.#words = new Int32Array(joined.buffer);
  }

  /** Whether what `has` found last was compared like now, and left after this last changed: nobody but us did it. */
  isAsLeft(dest: Stat): boolean {
    const { covers, seconds, ns } = this.#sliceFound();
    return covers && dest.isUnchangedSince(seconds, ns);
  }

  /** Whether the source of what `has` found last had no attribute. */
  get isBare(): boolean {
    const isMarked = (this.#words[this.#cursor * entryWords - 1]! & bare) !== 0;
    return isMarked && this.#sliceFound().tellsBare;
  }

  /** Whether what `has` found last was compared like now. */
  get isCovered(): boolean {
    return this.#sliceFound().covers;
  }

  #sliceFound(): Slice {
    const found = this.#cursor - 1;
    if (this.#slice > 0 && found < this.#slices[this.#slice - 1]!.end) this.#slice = 0;
    while (found >= this.#slices[this.#slice]!.end) this.#slice++;
    return this.#slices[this.#slice]!;
  }

  get entries(): number {
    return this.#words.length / entryWords;
  }

  /** Whether an entry with these four words was left. Directories are mostly listed in the same order each time. */
  has(entry: Int32Array): boolean {
    const guess = this.#cursor * entryWords;
    const at = this.#isNamed(guess, entry) ? guess : this.#find(entry);
    if (at < 0) return false;
    this.#cursor = at / entryWords + 1;
    return this.#words[at + 2] === entry[2] && this.#isSameButBare(at, entry);
  }

  /** Whether what `has` found last is this entry without some of its attributes. */
  hasLess(entry: Int32Array): boolean {
    const at = (this.#cursor - 1) * entryWords;
    if (at < 0 || !this.#isNamed(at, entry)) return false;
    return this.#words[at + 2] === (entry[2]! ^ less) && this.#isSameButBare(at, entry);
  }

  #isSameButBare(at: number, entry: Int32Array): boolean {
    return ((this.#words[at + 3]! ^ entry[3]!) & ~bare) === 0;
  }

  #isNamed(at: number, entry: Int32Array): boolean {
    return this.#words[at] === entry[0] && this.#words[at + 1] === entry[1];
  }

  #find(entry: Int32Array): number {
    this.#table ??= this.#tabulate();
    const table = this.#table;
    const mask = table.length - 1;
    for (let probe = entry[0]! & mask; table[probe] !== 0; probe = (probe + 1) & mask) {
      const at = (table[probe]! - 1) * entryWords;
      if (this.#isNamed(at, entry)) return at;
    }
    return -1;
  }

  #tabulate(): Int32Array {
    const size = 1 << Math.ceil(Math.log2(this.entries * 2 + 2));
    const table = new Int32Array(size);
    for (let i = 0; i < this.entries; i++) {
      let probe = this.#words[i * entryWords]! & (size - 1);
      while (table[probe] !== 0) probe = (probe + 1) & (size - 1);
      table[probe] = i + 1;
    }
    return table;
  }
}

/** Collects what is left in a directory now. */
export class PrintCollector {
  readonly entry = new Int32Array(entryWords);
  #words = new Int32Array(64 * entryWords);
  #used = 0;

  /** A new directory, which one it is at the destination, and how is looked. */
  begin(place: Stat | undefined, look: number): void {
    this.#used = 0;
    placeInto(this.entry, place, look);
    if (place) this.keep();
  }

  /** Whether what was left is about the directory begun with; asked before any entry is looked at. */
  isPlaceOf(row: LeftRow): boolean {
    return isPlace(row, this.entry);
  }

  /** Fills `entry` for the one looked at. */
  look(name: Name, stat: Stat): void {
    hashBytes(name.bytes, name.start, name.end, this.entry, 0);
    hashStat(stat, this.entry, 2);
    this.entry[3]! &= ~bare;
  }

  /** What `look` saw last is at the destination. */
  keep(): void {
    if (this.#used === this.#words.length) this.#grow();
    this.#words.set(this.entry, this.#used);
    this.#used += entryWords;
  }

  /** The same, and has no attribute. */
  keepBare(): void {
    this.keep();
    this.#words[this.#used - entryWords + 3]! |= bare;
  }

  /** The same as `keep`, but for some of its attributes. */
  keepLess(): void {
    this.keep();
    this.#words[this.#used - entryWords + 2]! ^= less;
  }

  get isEmpty(): boolean {
    return this.#used === 0;
  }

  take(): Uint8Array {
    const taken = this.#words.slice(0, this.#used);
    this.#used = 0;
    return new Uint8Array(taken.buffer);
  }

  #grow(): void {
    const larger = new Int32Array(this.#words.length * 2);
    larger.set(this.#words);
    this.#words = larger;
  }
}
