/**
 * The names in a directory, one byte after the other and numbered as they come, found by what their bytes add up to: a text
 * of each, as a Map wants it, costs more than all that is compared of a file.
 */
import type { NameBytes } from '../../rows.ts';
import { sumOf } from './name-sum.ts';

/** Where sums begin, or a host could think out names that all add up to the same. */
const seed = Math.floor(Math.random() * 2 ** 32) | 0;

export class FoundNames {
  #bytes = new Uint8Array(256);
  /** where each one ends, which is where the next one begins */
  readonly #ends: number[] = [];
  /** numbers of names, from 1 on, by their sums; undefined until one is looked for */
  #slots: Int32Array | undefined;

  get count(): number {
    return this.#ends.length;
  }

  add({ bytes, start, end }: NameBytes): void {
    let at = this.#ends.at(-1) ?? 0;
    if (at + end - start > this.#bytes.length) this.#grow(at + end - start);
    const own = this.#bytes;
    for (let from = start; from < end; from++) own[at++] = bytes[from]!;
    this.#ends.push(at);
    this.#slots = undefined;
  }

  /** Its number, the last one's of several that are the same; -1 where there is none. */
  find({ bytes, start, end }: NameBytes): number {
    this.#slots ??= this.#index();
    const slots = this.#slots;
    const mask = slots.length - 1;
    for (let slot = sumOf(seed, bytes, start, end) & mask; slots[slot] !== 0; slot = (slot + 1) & mask)
      if (this.#isAt(slots[slot]! - 1, bytes, start, end)) return slots[slot]! - 1;
    return -1;
  }

  /** No later one is the same. */
  isLast(number: number): boolean {
    const place = { bytes: this.#bytes, start: this.#startOf(number), end: this.#ends[number]! };
    return this.find(place) === number;
  }

  /** Bytes of the name with a number, as long as no more is added. */
  at(number: number): Uint8Array {
    return this.#bytes.subarray(this.#startOf(number), this.#ends[number]);
  }

  /** Numbers of those that are wanted, each shown in the same memory. */
  where(isWanted: (name: NameBytes) => boolean): number[] {
    const found: number[] = [];
    const name = { bytes: this.#bytes, start: 0, end: 0 };
    for (let number = 0; number < this.count; number++) {
      name.start = name.end;
      name.end = this.#ends[number]!;
      if (isWanted(name)) found.push(number);
    }
    return found;
  }

  #startOf(number: number): number {
    return number === 0 ? 0 : this.#ends[number - 1]!;
  }

  #isAt(number: number, bytes: Uint8Array, start: number, end: number): boolean {
    const own = this.#bytes;
    let at = this.#startOf(number);
    if (this.#ends[number]! - at !== end - start) return false;
    for (let from = start; from < end; from++, at++) if (own[at] !== bytes[from]) return false;
    return true;
  }

  #index(): Int32Array {
    const slots = new Int32Array(2 ** Math.ceil(Math.log2(2 * this.count + 1)));
    for (let number = this.count - 1; number >= 0; number--) {
      let slot = sumOf(seed, this.#bytes, this.#startOf(number), this.#ends[number]!);
      for (slot &= slots.length - 1; slots[slot] !== 0; ) slot = (slot + 1) & (slots.length - 1);
      slots[slot] = number + 1;
    }
    return slots;
  }

  #grow(bytes: number): void {
    const larger = new Uint8Array(2 * bytes);
    larger.set(this.#bytes);
    this.#bytes = larger;
  }
}
