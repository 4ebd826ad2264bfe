/** An entry of a list that has to be looked at by itself. */
import { TransferError } from '../errors.ts';
import { retry } from '../work/retry.ts';
import type { Listed, Unlisted } from './entry.ts';
import type { RelativePath } from './path.ts';

/** What fails for good is left out of the list, and a list is not begun anew for it. */
const onceMore = { tries: 1, waitMs: 1000, mostWaitMs: 1000, withinMs: 30_000 } as const;

/** Why it cannot be told is said of it alone; throws where the place may be away. */
export async function lookedAt<T extends Listed | undefined>(
  path: RelativePath,
  look: () => Promise<T>,
  signal: AbortSignal,
): Promise<T | Unlisted> {
  try {
    return await retry(look, onceMore, signal);
  } catch (error) {
    signal.throwIfAborted();
    const isUsual = error instanceof TransferError && (error.kind !== 'transient' || error.isOfOne);
    if (!isUsual) throw error;
    return { kind: 'unlisted', path, error };
  }
}
