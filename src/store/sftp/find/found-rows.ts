/**
 * What find printed of a directory, as numbers: most of it is only compared with numbers that this machine has, and an
 * Entry is made of what somebody wants to know more of.
 */
import * as c from '../../../work/posix/constants.ts';
import { join } from '../../../work/posix/path.ts';
import type { Stat } from '../../../work/posix/stat.ts';
import type { Entry } from '../../entry.ts';
import { textOf } from '../../named.ts';
import type { RelativePath } from '../../path.ts';
import type { Rows } from '../../rows.ts';
import { fileEntry, entryOf as plainEntry } from '../entry.ts';
import { findTypes, secondsOf } from './found.ts';
import type { NameIn, Row } from './found-quickly.ts';

const billion = 1_000_000_000n;
/** By the byte of find's letter. */
const types: (number | undefined)[] = new Array(256).fill(undefined);
for (const [letter, type] of Object.entries(findTypes)) types[letter.charCodeAt(0)] = type;

/** As in S_IFMT; undefined where nobody knows what it is. */
export function typeOf({ letter }: Row): number | undefined {
  return types[letter];
}

/** Where each of the numbers is, from the first one of its entry on. */
const of = { mode: 0, size: 1, mtimeSeconds: 2, mtimeNs: 3, uid: 4, gid: 5, ctimeSeconds: 6 } as const;
const width = Object.keys(of).length;

export class FoundRows implements Rows {
  readonly #dir: RelativePath;
  readonly #numbers: number[] = [];
  readonly #places = new Map<string, number>();
  readonly #linked = new Map<number, string>();

  constructor(dir: RelativePath) {
    this.#dir = dir;
  }

  get count(): number {
    return this.#places.size;
  }

  /** One of a known type. */
  add(row: Row, { bytes, start, end }: NameIn): void {
    const place = this.#numbers.length;
    const { mode, size, mtimeSeconds, mtimeNs, uid, gid, ctimeSeconds } = row;
    this.#numbers.push(typeOf(row)! | mode, size, secondsOf(mtimeSeconds), mtimeNs, uid, gid, ctimeSeconds);
    if (row.links > 1) this.#linked.set(place, row.file);
    this.#places.set(textOf(bytes, start, end), place);
  }

  get(name: string): Entry | undefined {
    const place = this.#places.get(name);
    return place === undefined ? undefined : this.#entryAt(name, place);
  }

  delete(name: string): void {
    this.#places.delete(name);
  }

  *values(): Generator<Entry> {
    for (const [name, place] of this.#places) yield this.#entryAt(name, place);
  }

  names(): Iterable<string> {
    return this.#places.keys();
  }

  isLike(name: string, stat: Stat): boolean {
    const place = this.#places.get(name);
    if (place === undefined) return false;
    const numbers = this.#numbers;
    return (
      numbers[place + of.mode] === (stat.type | stat.mode) &&
      numbers[place + of.size] === stat.size &&
      numbers[place + of.mtimeNs] === stat.mtimeNs &&
      numbers[place + of.mtimeSeconds] === stat.mtimeSeconds &&
      numbers[place + of.uid] === stat.uid &&
      numbers[place + of.gid] === stat.gid
    );
  }

  #entryAt(name: string, place: number): Entry {
    const path = join(this.#dir, Buffer.from(name, 'latin1')) as RelativePath;
    return entryOfNumbers(path, this.#numbers.slice(place, place + width), this.#linked.get(place));
  }
}

/** One of a known type that stands alone. */
export function entryOf(path: RelativePath, row: Row): Entry {
  return entryOfNumbers(path, numbersOf(row), row.links > 1 ? row.file : undefined);
}

function numbersOf(row: Row): number[] {
  const { mode, size, mtimeSeconds, mtimeNs, uid, gid, ctimeSeconds } = row;
  return [typeOf(row)! | mode, size, secondsOf(mtimeSeconds), mtimeNs, uid, gid, ctimeSeconds];
}

function entryOfNumbers(path: RelativePath, numbers: readonly number[], linked: string | undefined): Entry {
  const [mode, size, mtime, mtimeNs, uid, gid, changedSeconds] = numbers as Numbers;
  const attributes = { size, mode, owner: { uid, gid }, times: { atime: mtime, mtime } };
  const finelyNs = BigInt(mtime) * billion + BigInt(mtimeNs);
  if ((mode & c.S_IFMT) === c.S_IFREG)
    return fileEntry(path, attributes, { finelyNs, linked, changedSeconds })!;
  return { ...plainEntry(path, attributes)!, finelyNs, changedSeconds };
}

type Numbers = readonly [number, number, number, number, number, number, number];
