/** Memory with an address that stays put, to hand to the C library. Keep the block as long as its address is used. */
import { loadKoffi } from '../native.ts';

export type Block = { readonly bytes: Buffer; readonly at: number };

/** A block of zeroed memory of its own, aligned for 64-bit views. */
export function block(size: number): Block {
  const bytes = Buffer.from(new ArrayBuffer(Math.max(64, Math.ceil(size / 8) * 8)));
  return { bytes, at: addressOf(bytes) };
}

/**
 * Small zeroed blocks one after the other out of larger ones, for what is needed by the thousand: each costs a
 * view, and the memory is given back when none of those beside it is held any more.
 */
export class Slab {
  readonly #size: number;
  #block: Block | undefined;
  #used = 0;

  /** `size` is that of each, a multiple of 8. */
  constructor(size: number) {
    this.#size = size;
  }

  next(): { readonly words: Int32Array; readonly at: number } {
    if (!this.#block || this.#used + this.#size > this.#block.bytes.length) {
      this.#block = block(slabBytes);
      this.#used = 0;
    }
    const { bytes, at } = this.#block;
    const offset = this.#used;
    this.#used += this.#size;
    return {
      words: new Int32Array(bytes.buffer, bytes.byteOffset + offset, this.#size / 4),
      at: at + offset,
    };
  }
}

const slabBytes = 16 * 1024;

/** A block of memory of its own as it is, for who writes all that is read of it. */
export function unsetBlock(size: number): Block {
  const bytes = Buffer.allocUnsafeSlow(size);
  return { bytes, at: addressOf(bytes) };
}

/** The address of bytes somebody else holds. */
function addressOf(bytes: Uint8Array): number {
  return Number(loadKoffi().address(bytes));
}

let known: { readonly buffer: ArrayBufferLike; readonly at: number } | undefined;

/** Where the first of these bytes is; those of one memory cost next to nothing after the first. */
export function addressIn({ buffer, byteOffset }: Buffer): number {
  if (known?.buffer !== buffer) known = { buffer, at: addressOf(Buffer.from(buffer)) };
  return known.at + byteOffset;
}

/**
 * Room for one C string at a time, for a name on its way into a call. It lives as long as the module that made
 * it: an address of memory that nothing refers to any more may be gone before the call reads it.
 */
export class Slot {
  #memory = block(256);

  /** The address of these bytes with a final NUL; good until the next `put`. */
  put(text: Uint8Array): number {
    if (text.length >= this.#memory.bytes.length) this.#memory = block(text.length * 2);
    this.#memory.bytes.set(text);
    this.#memory.bytes[text.length] = 0;
    return this.#memory.at;
  }
}

/** The address of a C string that is never freed: for constants only. */
export function constant(text: string): number {
  const slot = new Slot();
  constants.push(slot);
  return slot.put(Buffer.from(text));
}

const constants: Slot[] = [];
