/** A run of bytes that grows at its end, and is handed on in chunks that are the taker's to keep. */
import { type Block, unsetBlock } from '../../../work/posix/memory.ts';

export class Chunks {
  readonly #chunkBytes: number;
  #full: Uint8Array[] = [];
  #fullBytes = 0;
  #block: Block | undefined;
  #used = 0;

  /** What is longer than `chunkBytes` has a chunk of its own. */
  constructor(chunkBytes = 256 * 1024) {
    this.#chunkBytes = chunkBytes;
  }

  /** bytes that nobody took yet */
  get pending(): number {
    return this.#fullBytes + this.#used;
  }

  /** Memory for so many bytes at the end; they count once `add` says so. Good until the next call. */
  room(bytes: number): { readonly bytes: Buffer; readonly at: number; readonly address: number } {
    if (this.#block && this.#used + bytes > this.#block.bytes.length) this.#close();
    this.#block ??= unsetBlock(Math.max(this.#chunkBytes, bytes));
    return { bytes: this.#block.bytes, at: this.#used, address: this.#block.at + this.#used };
  }

  /** So many bytes of the last room were written. */
  add(bytes: number): void {
    this.#used += bytes;
  }

  /** The chunks that are full; with `all` also what the last one holds. */
  take(all: boolean): Uint8Array[] {
    if (all) this.#close();
    const taken = this.#full;
    this.#full = [];
    this.#fullBytes = 0;
    return taken;
  }

  #close(): void {
    if (this.#block && this.#used > 0) {
      this.#full.push(this.#block.bytes.subarray(0, this.#used));
      this.#fullBytes += this.#used;
    }
    this.#block = undefined;
    this.#used = 0;
  }
}
