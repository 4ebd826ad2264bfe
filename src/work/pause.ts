/** Lets others have their turn in between, where all that somebody works on is at hand. */
import { setImmediate as turn } from 'node:timers/promises';

const busyMs = 5;

export class Pause {
  #turnedMs = performance.now();

  /** Resolves at once, but for every few milliseconds. */
  async due(): Promise<void> {
    if (performance.now() - this.#turnedMs < busyMs) return;
    await turn();
    this.#turnedMs = performance.now();
  }
}
