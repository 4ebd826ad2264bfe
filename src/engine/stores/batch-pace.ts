/**
 * How many entries make a batch: each costs something of its own, so more as long as one takes little time, and fewer
 * where a cut would lose much.
 */
const quickMs = 1500;
const slowMs = 6000;
const mostTimes = 4;

export class BatchPace {
  readonly #least: number;
  entries: number;

  constructor(least: number, first = least) {
    this.#least = least;
    this.entries = first;
  }

  /** So many entries took so long. */
  took(entries: number, ms: number): void {
    if (ms > slowMs) this.entries = Math.max(this.#least, this.entries / 2);
    else if (ms < quickMs && entries >= this.entries)
      this.entries = Math.min(this.#least * mostTimes, this.entries * 2);
  }
}
