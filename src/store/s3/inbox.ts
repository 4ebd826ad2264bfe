/**
 * What came on a connection and nobody has read yet. The system puts bytes into memory of ours: those of a short answer
 * into one buffer that all connections share, from which they are copied, those of a long one where they stay.
 */
import { takeChunk } from '../../work/chunks.ts';

const shared = Buffer.allocUnsafeSlow(64 * 1024);
const mostHeld = 512 * 1024; // bytes in chunks that nobody has read yet
const slabBytes = 256 * 1024;
const mostInSlab = 16 * 1024;
const mostWhole = 1024 * 1024; // a body up to this comes in one piece
const pieceBytes = 256 * 1024;

const nothing = Buffer.alloc(0);

export class Inbox {
  #chunks: Buffer[] = [];
  #held = 0;
  /** of a long body: what it is put into, how much of that is full, and how much of the body is to come after it */
  #piece: Buffer | undefined;
  #filled = 0;
  #after = 0;
  #error: Error | undefined;
  #changed: (() => void) | undefined;
  readonly #resume: () => void;
  isOver = false;
  hasHeard = false;

  /** `resume` is called when there is room again after `heard` said that there was none. */
  constructor(resume: () => void) {
    this.#resume = resume;
  }

  /** Where the next bytes are to be put. */
  get space(): Buffer {
    return this.#piece ? this.#piece.subarray(this.#filled) : shared;
  }

  get error(): Error | undefined {
    return this.#error;
  }

  get isEmpty(): boolean {
    return this.#held === 0 && this.#piece === undefined;
  }

  /** So many bytes are in what was the space. False: no more for now. */
  heard(bytes: number, space: Uint8Array): boolean {
    this.hasHeard = true;
    if (space.buffer !== shared.buffer) this.#grew(bytes);
    else this.#sort(shared.subarray(0, bytes));
    if (this.#held > 0 || this.isOver) this.wake();
    return this.#held < mostHeld;
  }

  over(): void {
    this.isOver = true;
    this.wake();
  }

  broke(error: Error): void {
    this.#error ??= error;
  }

  /** Undefined at the end. Throws what broke. */
  async next(): Promise<Buffer | undefined> {
    for (;;) {
      const chunk = this.#chunks.shift();
      if (chunk) return this.#given(chunk);
      if (this.#error) throw this.#error;
      if (this.isOver) return undefined;
      await this.change();
    }
  }

  /** So many bytes, where they came with what was read before. */
  atOnce(bytes: number): Buffer | undefined {
    if (bytes === 0) return nothing;
    const chunk = this.#chunks[0];
    if (!chunk || chunk.length < bytes) return undefined;
    this.#chunks.shift();
    this.#given(chunk);
    this.putBack(chunk.subarray(bytes));
    return chunk.subarray(0, bytes);
  }

  /** What follows is a body of so many bytes: a long one comes in long pieces. */
  expect(bytes: number): void {
    if (bytes - this.#held < shared.length) return;
    const before = this.#chunks;
    [this.#chunks, this.#held, this.#after] = [[], 0, bytes];
    this.#begin();
    for (const chunk of before) this.#sort(chunk);
  }

  /** What belongs to what follows. */
  putBack(rest: Buffer): void {
    if (rest.length === 0) return;
    this.#held += rest.length;
    this.#chunks.unshift(rest);
  }

  /** Resolves when something came, or anything else woke it. */
  change(): Promise<void> {
    return new Promise((resolve) => {
      this.#changed = resolve;
    });
  }

  wake(): void {
    this.#changed?.();
    this.#changed = undefined;
  }

  #given(chunk: Buffer): Buffer {
    const wasFull = this.#held >= mostHeld;
    this.#held -= chunk.length;
    if (wasFull && this.#held < mostHeld) this.#resume();
    return chunk;
  }

  /** Bytes that lie elsewhere, into the piece that they belong to; others are copied. */
  #sort(bytes: Buffer): void {
    let at = 0;
    while (this.#piece && at < bytes.length) {
      const fits = Math.min(bytes.length - at, this.#piece.length - this.#filled);
      this.#piece.set(bytes.subarray(at, at + fits), this.#filled);
      this.#grew(fits);
      at += fits;
    }
    if (at < bytes.length) this.#push(copied(bytes.subarray(at)));
  }

  #grew(bytes: number): void {
    this.#filled += bytes;
    const piece = this.#piece!;
    if (this.#filled < piece.length) return;
    this.#piece = undefined;
    this.#push(piece);
    if (this.#after > 0) this.#begin();
  }

  #begin(): void {
    const bytes = this.#after <= mostWhole ? this.#after : pieceBytes;
    this.#after -= bytes;
    this.#piece = takeChunk(bytes);
    this.#filled = 0;
  }

  #push(chunk: Buffer): void {
    this.#chunks.push(chunk);
    this.#held += chunk.length;
  }
}

let slab = nothing;

/** Short ones lie together: each block of memory costs as much as a small object does. */
function copied(bytes: Buffer): Buffer {
  const { length } = bytes;
  if (length > mostInSlab) return Buffer.from(bytes);
  if (slab.length < length) slab = Buffer.allocUnsafeSlow(slabBytes);
  const copy = slab.subarray(0, length);
  slab = slab.subarray(length);
  copy.set(bytes);
  return copy;
}
