import { setTimeout as wait } from 'node:timers/promises';
import { TransferError } from '../errors.ts';

export type Patience = {
  readonly tries: number;
  /** before the second try; doubled from try to try, and up to half of it left to chance */
  readonly waitMs: number;
  /** no try begins later than this after the first */
  readonly withinMs: number;
};

/** Does it again as long as it fails with kind 'transient'; throws what the last try threw. */
export async function retry<T>(
  work: () => Promise<T>,
  { tries, waitMs, withinMs }: Patience,
  signal: AbortSignal,
): Promise<T> {
  const endMs = performance.now() + withinMs;
  for (let tried = 1; ; tried++) {
    try {
      return await work();
    } catch (error) {
      const isOver = tried >= tries || performance.now() >= endMs;
      if (isOver || !(error instanceof TransferError) || error.kind !== 'transient') throw error;
    }
    const ms = waitMs * 2 ** (tried - 1) * (0.5 + Math.random() / 2);
    await wait(ms, undefined, { signal }).catch(() => signal.throwIfAborted());
  }
}
