import { setTimeout as sleep } from 'node:timers/promises';

/** What was not used of the rate may be made up for, up to so much of it. */
const burstMs = 100;

/**
 * One rate for all who ask: each reserves what it is about to move, and waits until that is due. Rejects with the
 * signal's reason.
 */
export function createRate(perSecond: number): (count: number, signal: AbortSignal) => Promise<void> {
  let freeMs = 0;
  return async (count, signal) => {
    const nowMs = performance.now();
    const dueMs = Math.max(freeMs, nowMs - burstMs);
    freeMs = dueMs + (count / perSecond) * 1000;
    if (dueMs > nowMs) await sleep(dueMs - nowMs, undefined, { signal }).catch(() => undefined);
    signal.throwIfAborted();
  };
}
