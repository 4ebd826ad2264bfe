/**
 * What a host's clock shows, as it said once. Times of files are whole seconds there: what is read while the second of
 * its last change is not over may change without a trace, so who reads for long waits until it is.
 */
import { setTimeout as sleep } from 'node:timers/promises';

/** At most what it shows now, in milliseconds since 1970. */
export type FarClock = () => number;

/** A time of a file may be that of the tick before. */
const tickMs = 20;
/** What is further ahead is no time at which anybody wrote. */
const mostMs = 3000;

/** From what `date` said there before now: seconds, and their fraction where it knows that. */
export function farClock(saidSeconds: number): FarClock {
  const aheadMs = saidSeconds * 1000 - performance.now();
  return () => performance.now() + aheadMs;
}

/** Resolves when what is written from now on will have another time, as far as that can be; throws the signal's reason. */
export async function secondIsOver(
  mtimeSeconds: number,
  clock: FarClock,
  signal: AbortSignal,
): Promise<void> {
  const leftMs = (mtimeSeconds + 1) * 1000 + tickMs - clock();
  if (leftMs <= 0 || leftMs > mostMs) return;
  await sleep(leftMs, undefined, { signal }).catch(() => undefined);
  signal.throwIfAborted();
}
