import { isKind, TransferError } from '../errors.ts';
import type { Barrier } from './lanes.ts';

/**
 * Makes what was written durable by `sync`; where there is none, each call does so by itself and there is nothing to
 * wait for. `unheard` is told why a place could not be asked.
 */
export function barrierOf(
  sync: ((signal: AbortSignal) => Promise<void>) | undefined,
  signal: AbortSignal,
  unheard: (error: TransferError) => void,
): Barrier {
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
        unheard(error);
        return 'unknown';
      }
    },
  };
}
