/**
 * What came on a connection and nobody has read yet. The system puts bytes into memory of ours: those of a short answer
 * into one buffer that all connections share, from which they are copied, those of a long one where they stay.
 */
import { takeChunk } from '../chunk-memory.ts';

const shared = Buffer.allocUnsafeSlow(64 * 1024);
const mostHeld = 512 * 1024; // bytes in chunks that nobody has read yet
const slabBytes = 256 * 1024;
const mostInSlab = 16 * 1024;
const mostWhole = 1024 * 1024; // a body up to this comes in one piece
const pieceBytes = 256 * 1024;
const longMs = 100; // nobody waits longer for a piece to be full

const nothing = Buffer.alloc(0);

export class Inbox {
  #chunks: Buffer[] = [];
  #held = 0;
  /** of a long body: what it is put into since when, how much of that is full, and how much of the body is to come after it */
  #piece: Buffer | undefined;
  #filled = 0;
  #after = 0;
  #begunMs = 0;
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

  /** Nothing more comes until some of it is read. */
  get isFull(): boolean {
    return this.#held >= mostHeld;
  }

  /** So many bytes are in what was the space. False: no more for now. */
  heard(bytes: number, space: Uint8Array): boolean {
    this.hasHeard = true;
    if (space.buffer !== shared.buffer) this.#grew(bytes);
    else this.#sort(shared.subarray(0, bytes));
    if (this.#held > 0 || this.isOver) this.wake();
    return !this.isFull;
  }

  over(): void {
    this.isOver = true;
    if (this.#piece && this.#filled > 0) this.#cut(this.#piece);
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
    const wasFull = this.isFull;
    this.#held -= chunk.length;
    if (wasFull && !this.isFull) this.#resume();
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
    const isLong = performance.now() - this.#begunMs > longMs;
    if (this.#filled < piece.length && !isLong) return;
    this.#cut(piece);
    if (this.#after > 0) this.#begin();
  }

  #cut(piece: Buffer): void {
    this.#piece = undefined;
    this.#after += piece.length - this.#filled;
    this.#push(piece.subarray(0, this.#filled));
  }

  #begin(): void {
    const bytes = this.#after <= mostWhole ? this.#after : pieceBytes;
    this.#after -= bytes;
    this.#piece = takeChunk(bytes);
    this.#filled = 0;
    this.#begunMs = performance.now();
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
