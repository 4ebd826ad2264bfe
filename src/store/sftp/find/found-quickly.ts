/**
 * What find prints of entries by the hundred thousand, read as numbers: the same as found.ts makes of it, in a fraction
 * of the time.
 */
import { TransferError } from '../../../errors.ts';
import { textOf } from '../../named.ts';
import { mostFoundBytes } from './found-pairs.ts';

/** What find is to print of each. */
export const printed = '%d %y %m %s %T@ %U %G %n %D:%i %C@\\0%f\\0';

/** Of one entry, until the next one is read. */
export type Row = {
  depth: number;
  /** find's letter for its type, as a byte */
  letter: number;
  mode: number;
  size: number;
  mtimeSeconds: number;
  mtimeNs: number;
  uid: number;
  gid: number;
  links: number;
  /** which file it is */
  file: string;
  ctimeSeconds: number;
};

/** A name, in the memory of the moment. */
export type NameIn = { bytes: Buffer; start: number; end: number };

export type Tell = (row: Row, name: NameIn) => void;

const [space, point, minus, zero] = [0x20, 0x2e, 0x2d, 0x30];
const nsDigits = 9;

export class QuickParser {
  readonly #row: Row = {
    depth: 0,
    letter: 0,
    mode: 0,
    size: 0,
    mtimeSeconds: 0,
    mtimeNs: 0,
    uid: 0,
    gid: 0,
    links: 0,
    file: '',
    ctimeSeconds: 0,
  };
  readonly #name: NameIn;
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0;
  #rest: Buffer = Buffer.alloc(0);

  constructor() {
    this.#name = { bytes: this.#bytes, start: 0, end: 0 };
  }

  /** Tells what is whole by now. Throws 'corrupt' for what find does not print. */
  push(chunk: Buffer, tell: Tell): void {
    const bytes = this.#rest.length > 0 ? Buffer.concat([this.#rest, chunk]) : chunk;
    this.#bytes = bytes;
    this.#name.bytes = bytes;
    let start = 0;
    for (;;) {
      const middle = nul(bytes, start);
      const end = middle < 0 ? -1 : nul(bytes, middle + 1);
      if (end < 0) break;
      this.#at = start;
      this.#read(middle);
      this.#name.start = middle + 1;
      this.#name.end = end;
      tell(this.#row, this.#name);
      start = end + 1;
    }
    this.#rest = Buffer.from(bytes.subarray(start));
    if (this.#rest.length > mostFoundBytes)
      throw new TransferError('corrupt', 'the other side lists a name without end');
  }

  #read(end: number): void {
    const row = this.#row;
    row.depth = this.#number();
    row.letter = this.#bytes[this.#at++]!;
    this.#skip(space);
    row.mode = this.#number(8);
    row.size = this.#number();
    row.mtimeSeconds = this.#number();
    row.mtimeNs = this.#fraction();
    row.uid = this.#number();
    row.gid = this.#number();
    row.links = this.#number();
    row.file = this.#word(row.links > 1);
    row.ctimeSeconds = this.#number();
    this.#fraction();
    if (this.#at !== end + 1) throw notFound();
  }

  /** Up to what ends it, and over that where it is a space. */
  #number(base = 10): number {
    const bytes = this.#bytes;
    const isNegative = bytes[this.#at] === minus;
    if (isNegative) this.#at++;
    const start = this.#at;
    let value = 0;
    for (; ; this.#at++) {
      const digit = bytes[this.#at]! - zero;
      if (!(digit >= 0 && digit < base)) break;
      value = value * base + digit;
    }
    if (this.#at === start || !Number.isSafeInteger(value)) throw notFound();
    this.#pass();
    return isNegative ? -value : value;
  }

  /** Of a second, if there is one. */
  #fraction(): number {
    const bytes = this.#bytes;
    if (bytes[this.#at - 1] !== point) return 0;
    let value = 0;
    let digits = 0;
    for (; ; this.#at++, digits++) {
      const digit = bytes[this.#at]! - zero;
      if (!(digit >= 0 && digit < 10)) break;
      if (digits < nsDigits) value = value * 10 + digit;
    }
    for (; digits < nsDigits; digits++) value *= 10;
    this.#pass();
    return value;
  }

  /** What is between spaces, where it is `wanted`. */
  #word(wanted: boolean): string {
    const start = this.#at;
    while (this.#bytes[this.#at]! > space) this.#at++;
    const end = this.#at;
    this.#skip(space);
    return wanted ? textOf(this.#bytes, start, end) : '';
  }

  #pass(): void {
    const ended = this.#bytes[this.#at++]!;
    if (ended !== space && ended !== point && ended !== 0) throw notFound();
  }

  #skip(byte: number): void {
    if (this.#bytes[this.#at++] !== byte) throw notFound();
  }
}

function nul(bytes: Buffer, from: number): number {
  for (let at = from; at < bytes.length; at++) if (bytes[at] === 0) return at;
  return -1;
}

function notFound(): TransferError {
  return new TransferError('corrupt', 'the other side lists what is no list');
}
