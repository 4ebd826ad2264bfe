/**
 * Bytes on their way from one thread to another, in memory that both share: one side copies them in, the other uses
 * them where they are. Nobody is told of them but a side that said it waits.
 */
import { TransferError } from '../../../errors.ts';
import { Change } from '../../../work/change.ts';
import { copyShared } from '../../../work/copy-shared.ts';

const ringBytes = 2 * 1024 * 1024; // a power of two
const headBytes = 64;
const mostAtOnce = 256 * 1024; // then there is room again
const mask = ringBytes - 1;
/** Where in the head it says how far either side is, and who waits. */
const written = 0;
const taken = 1;
const takerWaits = 2;
const giverWaits = 3;

class Shared {
  readonly memory: SharedArrayBuffer;
  protected readonly head: Int32Array;
  readonly #changed = new Change();

  constructor(memory: SharedArrayBuffer) {
    this.memory = memory;
    this.head = new Int32Array(memory, 0, headBytes / 4);
  }

  /** What is in it and was not taken. */
  protected get bytes(): number {
    return (Atomics.load(this.head, written) - Atomics.load(this.head, taken)) | 0;
  }

  /** The other side said that something changed, or it is over: who waits looks again. */
  wake(): void {
    this.#changed.tell();
  }

  protected async wait(flag: number, isInVain: () => boolean): Promise<void> {
    const { next } = this.#changed;
    Atomics.store(this.head, flag, 1);
    if (isInVain()) await next;
  }

  /** Whether the other side waits, which is told once. */
  protected waits(flag: number): boolean {
    return Atomics.load(this.head, flag) === 1 && Atomics.exchange(this.head, flag, 0) === 1;
  }
}

/** The side that fills it; `tell` wakes the other one. */
export class Giving extends Shared {
  readonly #ring: Buffer;
  #tell: () => void = () => undefined;

  constructor() {
    super(new SharedArrayBuffer(headBytes + ringBytes));
    this.#ring = Buffer.from(this.memory, headBytes, ringBytes);
  }

  /** For another run; nothing may be in it. */
  begin(tell: () => void): void {
    this.#tell = tell;
  }

  /** Resolves when all of it is in the ring. */
  async put(chunk: Uint8Array, signal: AbortSignal): Promise<void> {
    for (let at = 0; at < chunk.length; ) {
      signal.throwIfAborted();
      const room = ringBytes - this.bytes;
      if (room === 0) await this.wait(giverWaits, () => this.bytes === ringBytes);
      const piece = chunk.subarray(at, at + room);
      this.#copy(piece);
      at += piece.length;
      if (this.waits(takerWaits)) this.#tell();
    }
  }

  #copy(piece: Uint8Array): void {
    const from = Atomics.load(this.head, written);
    const start = from & mask;
    const first = copyShared(piece, this.#ring, start);
    if (first < piece.length) copyShared(piece.subarray(first), this.#ring, 0);
    Atomics.store(this.head, written, (from + piece.length) | 0);
  }
}

/** The side that empties it; `tell` wakes the other one. */
export class Taking extends Shared {
  readonly #tell: () => void;
  #isOver = false;

  constructor(memory: SharedArrayBuffer, tell: () => void) {
    super(memory);
    this.#tell = tell;
  }

  /** Nothing more will be put in. */
  end(): void {
    this.#isOver = true;
    this.wake();
  }

  /** What is there, in pieces that are good until the next is asked for, until it is over. */
  async *pieces(): AsyncGenerator<Buffer> {
    for (;;) {
      const isOver = this.#isOver; // what was put in before that is seen below
      const { bytes } = this;
      if (bytes < 0 || bytes > ringBytes) throw new TransferError('io', 'two threads disagree');
      if (bytes > 0) yield* this.#take(bytes);
      else if (isOver) return;
      else await this.wait(takerWaits, () => this.bytes === 0 && !this.#isOver);
    }
  }

  *#take(bytes: number): Generator<Buffer> {
    const from = Atomics.load(this.head, taken);
    const start = from & mask;
    const length = Math.min(bytes, ringBytes - start, mostAtOnce);
    yield Buffer.from(this.memory, headBytes + start, length);
    Atomics.store(this.head, taken, (from + length) | 0);
    if (this.waits(giverWaits)) this.#tell();
  }
}
