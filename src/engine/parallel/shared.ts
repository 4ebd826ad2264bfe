/** What lanes and engine see of each other while they work, without messages: one shared piece of memory. */

export const mostLanes = 64;
const head = 4; // 32-bit words: stop, idle lanes
const STOP = 0;
const IDLE = 1;

/** What was not used of the rate may be made up for, up to so much of it. */
const burstNs = 100_000_000n;

export class Shared {
  readonly buffer: SharedArrayBuffer;
  readonly #flags: Int32Array;
  readonly #free: BigInt64Array;
  readonly #bytes: Float64Array;
  readonly #entries: Float64Array;

  constructor(buffer = new SharedArrayBuffer(head * 4 + 8 + mostLanes * 16)) {
    this.buffer = buffer;
    this.#flags = new Int32Array(buffer, 0, head);
    this.#free = new BigInt64Array(buffer, head * 4, 1);
    this.#bytes = new Float64Array(buffer, head * 4 + 8, mostLanes);
    this.#entries = new Float64Array(buffer, head * 4 + 8 + mostLanes * 8, mostLanes);
  }

  stop(): void {
    Atomics.store(this.#flags, STOP, 1);
    Atomics.notify(this.#flags, STOP);
  }

  get stopped(): boolean {
    return this.#flags[STOP] === 1;
  }

  set idle(lanes: number) {
    Atomics.store(this.#flags, IDLE, lanes);
  }

  get idle(): number {
    return this.#flags[IDLE]!;
  }

  /** A lane moved this much; only that lane writes here. */
  count(lane: number, bytes: number, entries: number): void {
    this.#bytes[lane]! += bytes;
    this.#entries[lane]! += entries;
  }

  totals(): { bytes: number; entries: number } {
    let bytes = 0;
    let entries = 0;
    for (let lane = 0; lane < mostLanes; lane++) {
      bytes += this.#bytes[lane]!;
      entries += this.#entries[lane]!;
    }
    return { bytes, entries };
  }

  /** Waits until `bytes` may move at this rate, together with all other lanes; false when stopped meanwhile. */
  pace(bytes: number, bytesPerSecond: number): boolean {
    const now = process.hrtime.bigint();
    const cost = BigInt(Math.round((bytes / bytesPerSecond) * 1e9));
    const free = Atomics.load(this.#free, 0);
    if (now - free > burstNs) Atomics.compareExchange(this.#free, 0, free, now - burstNs);
    const mine = Atomics.add(this.#free, 0, cost);
    for (let wait = mine - now; wait > 0n; wait = mine - process.hrtime.bigint()) {
      if (this.stopped) return false;
      Atomics.wait(this.#flags, STOP, 0, Number(wait) / 1e6);
    }
    return !this.stopped;
  }
}
