import { setTimeout as sleep } from 'node:timers/promises';
import { isKind, type TransferError } from '../errors.ts';

export type Patient = {
  /** how often after the first time */
  readonly tries: number;
  /** before the second try; twice as long before each one after that, and up to half of it left to chance */
  readonly waitMs: number;
  readonly mostWaitMs: number;
  /** no try begins later than this after the first */
  readonly withinMs: number;
  /** is told what is waited for, when it failed a second time and from then on, or where the wait is long */
  readonly waits?: ((error: TransferError) => void) | undefined;
};

/** Whoever wants to be left alone for longer is asked sooner all the same. */
const mostAskedMs = 300_000;
const longMs = 5_000; // nobody is kept waiting for longer without a word

/** The one way to try again what may pass: errors of the kind 'transient' that may end, as often as was said. */
export class Patience {
  readonly #how: Patient;
  readonly #signal: AbortSignal;
  #endMs: number;
  #tries = 0;

  constructor(how: Patient, signal: AbortSignal) {
    this.#how = how;
    this.#signal = signal;
    this.#endMs = performance.now() + how.withinMs;
  }

  /** It went on: what fails next has all tries again. */
  renew(): void {
    this.#tries = 0;
    this.#endMs = performance.now() + this.#how.withinMs;
  }

  /** Resolves when it is time for another try; throws the error where there is none, or why the run stops. */
  async wait(error: unknown): Promise<void> {
    this.#signal.throwIfAborted();
    const { tries, waitMs, mostWaitMs } = this.#how;
    const isOver = this.#tries >= tries || performance.now() >= this.#endMs;
    if (isOver || !isKind(error, 'transient') || error.waitMs === Number.POSITIVE_INFINITY) throw error;
    const ownMs = Math.min(mostWaitMs, waitMs * 2 ** this.#tries++) * (0.5 + Math.random() / 2);
    const askedMs = Math.min(error.waitMs ?? 0, mostAskedMs);
    const forMs = Math.max(ownMs, askedMs);
    if (this.#tries > 1 || forMs > longMs) this.#how.waits?.(error);
    await sleep(forMs, undefined, { signal: this.#signal }).catch(() => undefined);
    this.#signal.throwIfAborted();
  }
}

/** Does it again as long as it fails with kind 'transient'; throws what the last try threw. */
export async function retry<T>(work: () => Promise<T>, how: Patient, signal: AbortSignal): Promise<T> {
  const patience = new Patience(how, signal);
  for (;;) {
    try {
      return await work();
    } catch (error) {
      await patience.wait(error);
    }
  }
}
