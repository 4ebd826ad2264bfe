/**
 * What was found equal in a directory, of places whose listings are brief, and of files that tell no time: a hash for
 * each entry of its name, what its source looked like and what its copy did. That holds whenever both look so again, so
 * nobody has to be asked. When a copy was last changed is not known to who writes it; from the first listing on it is
 * part of how that looks.
 */
import { hash } from 'node:crypto';
import type { LeftRow } from '../../../journal/types.ts';
import type { FileEntry } from '../../../store/entry.ts';
import { nameOf } from '../../../store/named.ts';
import type { Lane } from '../lane.ts';
import { staysOther } from '../metadata/same.ts';
import type { Dir } from '../walk/visitor.ts';
import { areBrief } from './brief.ts';

type Place = Pick<Dir, 'whole' | 'slice'> & { readonly path: Uint8Array };

/** A large file is done later than its directory: what tells no time is kept by itself, as if it were one. */
export function rememberLarge(lane: Lane, dir: Uint8Array, file: FileEntry, made: FileEntry): void {
  const { single } = lane.setup;
  if (!single && file.mtimeNs !== undefined) return;
  const remembered = new Remembered(lane, single ? { path: dir, whole: false, slice: 0 } : alone(file));
  remembered.keep(file, file, made);
  remembered.flush();
}

function alone({ path }: FileEntry): Place {
  return { path, whole: true, slice: 0 };
}

export class Remembered {
  readonly #lane: Lane;
  readonly #dir: Place;
  readonly #key: bigint;
  readonly #rows: readonly LeftRow[];
  readonly #known: readonly BigUint64Array[];
  readonly #wanted: string;
  #kept = new BigUint64Array(16);
  #count = 0;

  constructor(lane: Lane, dir: Place) {
    this.#lane = lane;
    this.#dir = dir;
    this.#key = BigInt.asIntN(64, wordOf(Buffer.from(dir.path).toString('latin1')));
    this.#rows = lane.setup.leftOf?.(this.#key) ?? [];
    this.#known = this.#rows.map(({ prints }) => wordsOf(prints));
    const { keep } = lane.setup;
    this.#wanted = [keep.mode, keep.owner, keep.times].map(Number).join('');
  }

  /** Whether a file, as it was listed, and what was listed at the destination were equal before. */
  has(file: FileEntry, there: FileEntry): boolean {
    const isTold = file.mtimeNs !== undefined && !there.isBrief;
    const mayBeAlone = file.mtimeNs === undefined && !file.isBrief;
    if (isTold || (this.#known.length === 0 && !mayBeAlone)) return false;
    const words = [this.#wordFor(file, there, there), this.#wordFor(file, there)];
    if (words[0] === undefined) return false;
    const isKnown =
      this.#holds(words) || (mayBeAlone && new Remembered(this.#lane, alone(file)).#holds(words));
    if (isKnown) this.#push(words[0]);
    return isKnown;
  }

  #holds(words: readonly (bigint | undefined)[]): boolean {
    return words.some((word) => word !== undefined && this.#known.some((known) => holds(known, word)));
  }

  /** They are equal now; `seen` is all that is known of the source, `file` and `found` what was listed. */
  keep(file: FileEntry, seen: FileEntry, there: FileEntry, found?: FileEntry): void {
    const { setup } = this.#lane;
    const isTold = file.mtimeNs !== undefined && !areBrief(setup); // nobody would look for it
    if (!setup.leftOf || isTold || staysOther(seen, there, setup).length > 0) return;
    const word = this.#wordFor(file, there, found);
    if (word !== undefined) this.#push(word);
  }

  /** Tells the Journal, where it does not know. */
  flush(): void {
    const { dryRun, leftOf, single } = this.#lane.setup;
    const { whole, slice } = this.#dir;
    if (dryRun || !leftOf || !(whole || slice > 0 || single)) return;
    const words = this.#kept.slice(0, this.#count).sort();
    const prints = new Uint8Array(words.buffer);
    const old = this.#rows.find((row) => row.slice === slice);
    if (old ? Buffer.compare(old.prints, prints) === 0 : prints.length === 0) return;
    this.#lane.ledger.out.left.push({ dir: this.#key, slice, stamp: 0n, prints });
  }

  /** 8 bytes for each, however many there are in a directory. */
  #push(word: bigint): void {
    if (this.#count === this.#kept.length) {
      const more = new BigUint64Array(this.#count * 2);
      more.set(this.#kept);
      this.#kept = more;
    }
    this.#kept[this.#count++] = word;
  }

  /** Undefined where a place does not tell one state from another. */
  #wordFor(file: FileEntry, there: FileEntry, found?: FileEntry): bigint | undefined {
    if (file.print === undefined || there.print === undefined) return undefined;
    const changed = found?.isBrief && found.changedNs !== undefined ? ` ${found.changedNs}` : '';
    return wordOf(
      `${nameOf(file.path)}\0${file.print} ${file.changedNs ?? ''}\0${there.print}${changed}\0${this.#wanted}`,
    );
  }
}

function wordOf(text: string): bigint {
  return hash('sha1', Buffer.from(text, 'latin1'), 'buffer').readBigUInt64LE();
}

function wordsOf(prints: Uint8Array): BigUint64Array {
  return new BigUint64Array(Uint8Array.from(prints.subarray(0, prints.length & ~7)).buffer);
}

/** They are in order. */
function holds(words: BigUint64Array, word: bigint): boolean {
  let [first, end] = [0, words.length];
  while (first < end) {
    const middle = (first + end) >> 1;
    if (words[middle]! < word) first = middle + 1;
    else end = middle;
  }
  return words[first] === word;
}
