/** The names in an open directory, a buffer at a time and in place: no name is copied unless somebody keeps it. */
import { getdents } from './libc.ts';
import { block } from './memory.ts';

const chunk = block(32 * 1024);
const view = new DataView(chunk.bytes.buffer, chunk.bytes.byteOffset, chunk.bytes.length);

/** A name: where it is in memory, NUL-terminated, and the bytes it is part of. */
export type Name = { at: number; bytes: Uint8Array; start: number; end: number };

/** The names of the next buffer, one after the other, in the same Name; `next` answers false when it is used up. */
export class Dirents {
  readonly name: Name = { at: 0, bytes: chunk.bytes, start: 0, end: 0 };
  #at = 0;
  #filled = 0;

  /** Reads on; answers how many bytes came, 0 at the end, or a negative error number. */
  fill(fd: number): number {
    this.#at = 0;
    this.#filled = 0;
    const got = getdents(fd, chunk.at, chunk.bytes.length);
    if (got > 0) this.#filled = got;
    return got;
  }

  /** Bytes of entries still to come in this buffer. */
  get remaining(): number {
    return this.#filled - this.#at;
  }

  next(): boolean {
    while (this.#at < this.#filled) {
      const record = this.#at;
      this.#at += view.getUint16(record + 16, true);
      const start = record + 19;
      if (isDots(start)) continue;
      this.name.at = chunk.at + start;
      this.name.start = start;
      this.name.end = chunk.bytes.indexOf(0, start);
      return true;
    }
    return false;
  }
}

function isDots(start: number): boolean {
  const bytes = chunk.bytes;
  if (bytes[start] !== 0x2e) return false;
  return bytes[start + 1] === 0 || (bytes[start + 1] === 0x2e && bytes[start + 2] === 0);
}

/** Names packed one after the other, each with its NUL, walked like a directory's. */
export class PackedNames {
  readonly name: Name;
  readonly #end: number;
  #at = 0;

  constructor(packed: Uint8Array) {
    const memory = block(packed.length);
    memory.bytes.set(packed);
    this.#end = packed.length;
    this.#base = memory.at;
    this.name = { at: memory.at, bytes: memory.bytes, start: 0, end: 0 };
  }

  readonly #base: number;

  next(): boolean {
    if (this.#at >= this.#end) return false;
    this.name.start = this.#at;
    this.name.end = this.name.bytes.indexOf(0, this.#at);
    this.name.at = this.#base + this.#at;
    this.#at = this.name.end + 1;
    return true;
  }
}

const mostDigits = 16; // of a whole number
const zero = 0x30;
const space = 0x20;

/** Collects names into one packed run of bytes. */
export class NamePacker {
  #bytes = new Uint8Array(1024);
  #used = 0;
  count = 0;

  add(name: Name): void {
    this.addBytes(name.bytes.subarray(name.start, name.end));
  }

  /** With `more` right behind, where there is any. */
  addBytes(name: Uint8Array, more?: Uint8Array): void {
    const bytes = name.length + (more?.length ?? 0);
    while (this.#used + bytes + 1 > this.#bytes.length) this.#grow();
    this.#bytes.set(name, this.#used);
    if (more) this.#bytes.set(more, this.#used + name.length);
    this.#used += bytes;
    this.#bytes[this.#used++] = 0;
    this.count++;
  }

  /** The same behind a whole number and a space: for very many of them no text is made. */
  addNumbered(number: number, name: Uint8Array): void {
    while (this.#used + mostDigits + name.length + 2 > this.#bytes.length) this.#grow();
    const end = this.#used + digitsOf(number);
    for (let at = end, left = number; at > this.#used; left = Math.floor(left / 10))
      this.#bytes[--at] = zero + (left % 10);
    this.#bytes[end] = space;
    this.#used = end + 1;
    this.addBytes(name);
  }

  /** The names so far, in bytes of their own; the packer starts anew. */
  take(): Uint8Array {
    const taken = this.#bytes.slice(0, this.#used);
    this.#used = 0;
    this.count = 0;
    return taken;
  }

  #grow(): void {
    const larger = new Uint8Array(this.#bytes.length * 2);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}

function digitsOf(number: number): number {
  let digits = 1;
  for (let left = number; left >= 10; left = Math.floor(left / 10)) digits++;
  return digits;
}

/** The name's bytes, to keep. */
export function keepName(name: Name): Uint8Array {
  return new Uint8Array(name.bytes.subarray(name.start, name.end));
}
