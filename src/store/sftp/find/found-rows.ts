/**
 * What find printed of a directory, as numbers: most of it is only compared with numbers that this machine has, and an
 * Entry is made of what somebody wants to know more of.
 */
import * as c from '../../../work/posix/constants.ts';
import { join } from '../../../work/posix/path.ts';
import type { Stat } from '../../../work/posix/stat.ts';
import type { Entry } from '../../entry.ts';
import { nameOf } from '../../named.ts';
import type { RelativePath } from '../../path.ts';
import type { NameBytes, Rows } from '../../rows.ts';
import { fileEntry, entryOf as plainEntry } from '../entry.ts';
import { findTypes, secondsOf } from './found.ts';
import { FoundNames } from './found-names.ts';
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
  readonly #names = new FoundNames();
  readonly #numbers: number[] = [];
  readonly #linked = new Map<number, string>();
  readonly #gone = new Set<number>();

  constructor(dir: RelativePath) {
    this.#dir = dir;
  }

  get count(): number {
    return this.#names.count;
  }

  /** One of a known type. */
  add(row: Row, name: NameIn): void {
    const { mode, size, mtimeSeconds, mtimeNs, uid, gid, ctimeSeconds } = row;
    if (row.links > 1) this.#linked.set(this.count, row.file);
    this.#names.add(name);
    this.#numbers.push(typeOf(row)! | mode, size, mtimeSeconds, mtimeNs, uid, gid, ctimeSeconds);
  }

  get(name: string): Entry | undefined {
    const at = this.#find(bytesOf(name));
    return at < 0 ? undefined : this.#entryAt(at);
  }

  delete(name: string): void {
    const at = this.#find(bytesOf(name));
    if (at >= 0) this.#gone.add(at);
  }

  *values(): Generator<Entry> {
    for (let at = 0; at < this.count; at++)
      if (!this.#gone.has(at) && this.#names.isLast(at)) yield this.#entryAt(at);
  }

  namesWhere(isWanted: (name: NameBytes) => boolean): string[] {
    const found = this.#names.where(isWanted).filter((at) => !this.#gone.has(at));
    return found.map((at) => nameOf(this.#names.at(at)));
  }

  isLike(name: NameBytes, stat: Stat): boolean {
    const at = this.#find(name);
    if (at < 0) return false;
    const numbers = this.#numbers;
    const place = at * width;
    return (
      numbers[place + of.mode] === (stat.type | stat.mode) &&
      numbers[place + of.size] === stat.size &&
      numbers[place + of.mtimeNs] === stat.mtimeNs &&
      numbers[place + of.mtimeSeconds] === stat.mtimeSeconds &&
      numbers[place + of.uid] === stat.uid &&
      numbers[place + of.gid] === stat.gid
    );
  }

  #find(name: NameBytes): number {
    const at = this.#names.find(name);
    return this.#gone.size > 0 && this.#gone.has(at) ? -1 : at;
  }

  #entryAt(at: number): Entry {
    const path = join(this.#dir, this.#names.at(at)) as RelativePath;
    const numbers = this.#numbers.slice(at * width, (at + 1) * width);
    return entryOfNumbers(path, numbers, this.#linked.get(at));
  }
}

function bytesOf(name: string): NameBytes {
  const bytes = Buffer.from(name, 'latin1');
  return { bytes, start: 0, end: bytes.length };
}

/** One of a known type that stands alone. */
export function entryOf(path: RelativePath, row: Row): Entry {
  return entryOfNumbers(path, numbersOf(row), row.links > 1 ? row.file : undefined);
}

function numbersOf(row: Row): number[] {
  const { mode, size, mtimeSeconds, mtimeNs, uid, gid, ctimeSeconds } = row;
  return [typeOf(row)! | mode, size, mtimeSeconds, mtimeNs, uid, gid, ctimeSeconds];
}

function entryOfNumbers(path: RelativePath, numbers: readonly number[], linked: string | undefined): Entry {
  const [mode, size, mtimeSeconds, mtimeNs, uid, gid, changedSeconds] = numbers as Numbers;
  const mtime = secondsOf(mtimeSeconds);
  const attributes = { size, mode, owner: { uid, gid }, times: { atime: mtime, mtime } };
  const finelyNs = BigInt(mtimeSeconds) * billion + BigInt(mtimeNs);
  if ((mode & c.S_IFMT) === c.S_IFREG)
    return fileEntry(path, attributes, { finelyNs, linked, changedSeconds })!;
  return { ...plainEntry(path, attributes)!, finelyNs, changedSeconds };
}

type Numbers = readonly [number, number, number, number, number, number, number];
