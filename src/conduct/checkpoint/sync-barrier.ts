import { isKind, TransferError } from '../../errors.ts';
import type { Report } from '../../report/events.ts';
import { abortedLater } from '../../work/abort.ts';
import type { Barrier } from '../lanes/lanes.ts';
import type { SignalBoard } from '../lanes/signal-board.ts';

/** A run that stops still tells what is durable, if the destination answers in this time. */
const lastMs = 5000;

/**
 * Makes what was written durable by `sync`; where there is none, each call does so by itself and there is nothing to
 * wait for. Why a place could not be asked is reported.
 */
export function barrierOf(
  sync: ((signal: AbortSignal) => Promise<void>) | undefined,
  board: SignalBoard,
  report: Report,
): Barrier {
  const signal = abortedLater(board.signal, lastMs);
  let isDirty = false;
  return {
    wrote() {
      isDirty = true;
    },
    async pass() {
      if (!sync || !isDirty) return 'durable';
      isDirty = false;
      try {
        await sync(signal);
        return 'durable';
      } catch (error) {
        if (signal.aborted) return 'unknown';
        if (!(error instanceof TransferError)) throw error;
        if (!isKind(error, 'transient')) return 'lost';
        report({ type: 'warning', message: error.message, hint: error.hint });
        return 'unknown';
      }
    },
  };
}
