/** How long a place that does not answer is waited for, and what a person is told of that. */
import type { Report } from '../report/events.ts';
import type { RetryHow } from '../store/retrying.ts';

/** How long a place that does not answer is waited for. */
export function patience(tries: number, waits?: RetryHow['waits']): RetryHow {
  return { tries, waitMs: 1000, mostWaitMs: 30_000, waits };
}

const quietMs = 10_000;

/** Says what is waited for: once in ten seconds, however many wait. */
export function sayingWaits(report: Report): NonNullable<RetryHow['waits']> {
  let saidMs = Number.NEGATIVE_INFINITY;
  return ({ message, hint }) => {
    const nowMs = performance.now();
    if (nowMs - saidMs < quietMs) return;
    saidMs = nowMs;
    report({ type: 'warning', message: `${message}; it is tried again`, hint });
  };
}
