import { orAborted } from '../../work/abort.ts';
import { call } from './call.ts';
import type { Daemon } from './daemon.ts';
import { Refusal } from './refusal.ts';

const mostSilenceMs = 10_000;

let marks = 0;

/**
 * Resolves when all was heard that rclone said of what it has answered: it logs before it answers, but on another way,
 * and the line that this makes comes after all those. Rejects with what the call met where that rclone went.
 */
export async function allHeard(daemon: Daemon, signal: AbortSignal): Promise<void> {
  const mark = `difpipe-mark-${++marks}-`;
  const { promise, resolve } = Promise.withResolvers<void>();
  using _ = daemon.listen((line) => {
    if (line.includes(mark)) resolve();
  });
  const patience = AbortSignal.any([signal, AbortSignal.timeout(mostSilenceMs)]);
  try {
    await call(daemon, 'rc/error', { mark }, patience);
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof Refusal)) throw error;
  }
  await orAborted(promise, patience).catch(() => signal.throwIfAborted());
}
