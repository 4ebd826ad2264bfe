/** How much is packed and not sent yet: the thread that packs waits when it is too much. */
const mostKiB = 48 * 1024;
const looksEveryMs = 500;

const load = 0;
const stop = 1;

export class Flow {
  readonly buffer: SharedArrayBuffer;
  readonly #words: Int32Array;

  constructor(buffer = new SharedArrayBuffer(8)) {
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
