/**
 * What find prints of directories and of what is in them, for who has no time to make anything of each: one record at
 * a time is at hand, in numbers and in bytes that are good until the next one. What is none of find's is passed over.
 */
import { TransferError } from '../../../errors.ts';
import { findTypes } from '../../../store/sftp/find/found.ts';
import { mostFoundBytes } from '../../../store/sftp/find/found-pairs.ts';
import * as c from '../../../work/posix/constants.ts';

/** By letter; `u` is a directory that may not be listed. */
const types = new Int32Array(128);
for (const [letter, type] of Object.entries({ ...findTypes, u: c.S_IFDIR }))
  types[letter.charCodeAt(0)] = type;

const space = 0x20;
const zero = 0x30;
const nine = 0x39;
const dot = 0x2e;
const minus = 0x2d;
const unlisted = 'u'.charCodeAt(0);

export class FoundRecords {
  #bytes: Buffer = Buffer.alloc(0);
  #at = 0; // of what was not read
  #cursor = 0;
  #startAt = 0;
  #fileAt = 0;
  #startEnd = 0;
  nameAt = 0;
  nameEnd = 0;
  depth = 0;
  type = 0;
  /** a directory that may not be listed */
  isClosed = false;
  size = 0;
  seconds = 0;
  ns = 0;
  uid = 0;
  links = 0;
  /** by the clock of the other side, before all that it found; undefined where it did not say */
  nowSeconds: number | undefined;

  /** What comes next; throws 'corrupt' for a record without end. */
  push(chunk: Buffer): void {
    const rest = this.#bytes.subarray(this.#at);
    if (rest.length > mostFoundBytes)
      throw new TransferError('corrupt', 'the other side lists a name without end');
    this.#bytes = rest.length > 0 ? Buffer.concat([rest, chunk]) : Buffer.from(chunk);
    this.#at = 0;
  }

  /** Whether there is a next record, which is at hand then. */
  next(): boolean {
    for (;;) {
      const middle = this.#bytes.indexOf(0, this.#at);
      const end = middle < 0 ? -1 : this.#bytes.indexOf(0, middle + 1);
      if (end < 0) return false;
      this.#cursor = this.#at;
      this.#startEnd = middle;
      this.nameAt = middle + 1;
      this.nameEnd = end;
      this.#at = end + 1;
      if (this.#read()) return true;
    }
  }

  /** Of the directory that it was found in, as that was given. */
  get start(): string {
    return this.#bytes.toString('latin1', this.#startAt, this.#startEnd);
  }

  /** The same for all names of a file. */
  get file(): string {
    return this.#bytes.toString('latin1', this.#fileAt, this.#startAt - 1);
  }

  get name(): Buffer {
    return this.#bytes.subarray(this.nameAt, this.nameEnd);
  }

  copyName(into: Buffer, at: number): void {
    this.#bytes.copy(into, at, this.nameAt, this.nameEnd);
  }

  /** `1 f 644 12 1764342345.1234567890 0 0 1 27:12345 ./dir`; a number alone is the time there. */
  #read(): boolean {
    const depth = this.#number();
    if (depth >= 0 && this.#cursor > this.#startEnd) this.nowSeconds = depth;
    const letter = this.#bytes[this.#cursor]!;
    this.#cursor += 2;
    const mode = this.#number();
    this.depth = depth;
    this.type = types[letter & 127]!;
    this.isClosed = letter === unlisted;
    this.size = this.#number();
    const isTime = this.#time();
    this.uid = this.#number();
    const gid = this.#number();
    this.links = this.#number();
    this.#fileAt = this.#cursor;
    this.#startAt = this.#bytes.indexOf(space, this.#cursor) + 1;
    const isWhole = depth >= 0 && mode >= 0 && this.size >= 0 && isTime && this.uid >= 0 && gid >= 0;
    return isWhole && this.type > 0 && this.links >= 0 && this.#startAt > 0 && this.#startAt < this.#startEnd;
  }

  /** Up to the blank behind it, which is passed; below 0 for what is none. */
  #number(): number {
    let value = 0;
    const from = this.#cursor;
    for (; this.#cursor < this.#startEnd; this.#cursor++) {
      const byte = this.#bytes[this.#cursor]!;
      if (byte < zero || byte > nine) break;
      value = value * 10 + byte - zero;
    }
    const isNumber = this.#cursor > from && this.#isEnd();
    this.#cursor++;
    return isNumber ? value : -1;
  }

  #isEnd(): boolean {
    return this.#cursor >= this.#startEnd || this.#bytes[this.#cursor] === space;
  }

  /** Seconds and what find knows of their fraction; of a time before 1970 only that it is. */
  #time(): boolean {
    const isBefore = this.#bytes[this.#cursor] === minus;
    let at = isBefore ? this.#cursor + 1 : this.#cursor;
    let seconds = 0;
    for (; this.#isDigit(at); at++) seconds = seconds * 10 + this.#bytes[at]! - zero;
    let [ns, step] = [0, 100_000_000];
    if (this.#bytes[at] === dot)
      for (at++; this.#isDigit(at); at++, step = Math.floor(step / 10))
        ns += step * (this.#bytes[at]! - zero);
    this.#cursor = at;
    const isTime = this.#isEnd();
    this.#cursor++;
    this.seconds = isBefore ? -1 : seconds;
    this.ns = ns;
    return isTime;
  }

  #isDigit(at: number): boolean {
    const byte = this.#bytes[at]!;
    return at < this.#startEnd && byte >= zero && byte <= nine;
  }
}
