import { TransferError } from '../../errors.ts';
import { orAborted } from '../../work/abort.ts';
import { call } from './call.ts';
import type { Daemon } from './daemon.ts';
import { Refusal } from './refusal.ts';

const mostSilenceMs = 10_000;

let marks = 0;

/**
 * Resolves when all was heard that rclone said of what it has answered: it logs before it answers, but on another way,
 * and the line that this makes comes after all those. Rejects 'transient' where that rclone went, or is silent.
 */
export async function allHeard(
  daemon: Daemon,
  signal: AbortSignal,
  patienceMs = mostSilenceMs,
): Promise<void> {
  const mark = `difpipe-mark-${++marks}-`;
  const { promise, resolve } = Promise.withResolvers<void>();
  using _ = daemon.listen((line) => {
    if (line.includes(mark)) resolve();
  });
  const patience = AbortSignal.any([signal, AbortSignal.timeout(patienceMs)]);
  try {
    await refused(daemon, mark, patience);
    await orAborted(promise, patience);
  } catch (cause) {
    signal.throwIfAborted();
    throw patience.aborted ? silent(patienceMs, cause) : cause;
  }
}

/** Asks for what is always refused, which is what rclone logs. */
async function refused(daemon: Daemon, mark: string, signal: AbortSignal): Promise<void> {
  const aside = async (on: AbortSignal) => {
    const address = await daemon.reach(on);
    return { ...address, agent: address.aside };
  };
  try {
    await call({ reach: aside }, 'rc/error', { mark }, signal);
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
  }
}

function silent(afterMs: number, cause: unknown): TransferError {
  return new TransferError('transient', `rclone says nothing: it was waited for ${afterMs / 1000} s`, {
    cause,
  });
}
