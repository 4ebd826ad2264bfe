import type { Barrier } from '../../conduct/lanes.ts';
import { isKind, TransferError } from '../../errors.ts';
import type { Store } from '../../store/store.ts';

/**
 * Makes what was written to a store durable; where each call does so by itself there is nothing to wait for. `unheard`
 * is told why a place could not be asked.
 */
export function barrierOf(
  { sync }: Store,
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
