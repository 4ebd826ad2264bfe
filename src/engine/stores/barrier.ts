import type { Barrier } from '../../conduct/lanes.ts';
import { TransferError } from '../../errors.ts';
import type { Store } from '../../store/store.ts';

/** Makes what was written to a store durable; where each call does so by itself there is nothing to wait for. */
export function barrierOf({ sync }: Store, signal: AbortSignal): Barrier {
  let isDirty = false;
  return {
    wrote() {
      isDirty = true;
    },
    async pass() {
      if (!sync || !isDirty) return true;
      isDirty = false;
      try {
        await sync(signal);
        return true;
      } catch (error) {
        if (error instanceof TransferError) return false;
        throw error;
      }
    },
  };
}
