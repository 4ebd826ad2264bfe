/**
 * What both threads have to know at once: how much is packed and not sent yet, where the one that packs waits when it is too
 * much, and how many batches are on their way.
 */
const mostKiB = 48 * 1024;
const looksEveryMs = 500;

const load = 0;
const stop = 1;
const underWay = 2;

export class Flow {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(buffer = new SharedArrayBuffer(12)) {
    this.buffer = buffer;
    this.#words = new Int32Array(buffer);
  }

  get stopped(): boolean {
    return Atomics.load(this.#words, stop) === 1;
  }

  stop(): void {
    Atomics.store(this.#words, stop, 1);
    Atomics.notify(this.#words, load);
  }

  get underWay(): number {
    return Atomics.load(this.#words, underWay);
  }

  /** One more batch is on its way, until this is disposed of. */
  begins(): Disposable {
    Atomics.add(this.#words, underWay, 1);
    return { [Symbol.dispose]: () => void Atomics.sub(this.#words, underWay, 1) };
  }

  /** Waits, in the thread that packs, until so many bytes may follow. */
  adds(bytes: number): void {
    for (let now = Atomics.load(this.#words, load); now > mostKiB && !this.stopped; ) {
      Atomics.wait(this.#words, load, now, looksEveryMs);
      now = Atomics.load(this.#words, load);
    }
    Atomics.add(this.#words, load, inKiB(bytes));
  }

  /** So many bytes are gone. */
  takes(bytes: number): void {
    Atomics.sub(this.#words, load, inKiB(bytes));
    Atomics.notify(this.#words, load);
  }
}

function inKiB(bytes: number): number {
  return Math.ceil(bytes / 1024);
}
