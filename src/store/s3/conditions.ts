/**
 * Whether the service heeds conditions: a name that must be free, an object that must be the one that was seen. One
 * that ignores them is found out before anything is written, and is then looked at before each write.
 */

import { trialIn } from './keys.ts';
import { isRefusal } from './service/fault.ts';
import type { Service } from './service/service.ts';
import { sumOfNothing } from './sums/checksum.ts';

export type Conditions = {
  /** of `if-none-match: *`, and of `if-match` */
  readonly heeded: (signal: AbortSignal) => Promise<Heeded>;
  /** false: a copy that was asked with one was refused, and without it was made */
  takesWithCopies: boolean;
};

export type Heeded = { readonly free: boolean; readonly same: boolean };

export function createConditions(service: Service, prefix: string): Conditions {
  let found: Promise<Heeded> | undefined;
  return {
    takesWithCopies: true,
    heeded(signal) {
      found ??= tryOut(service, trialIn(prefix), signal);
      found.catch(() => {
        found = undefined; // whoever asks next tries again
      });
      return found;
    },
  };
}

/** A service that heeds them does nothing; in another an object of ours lives for a moment. */
async function tryOut(service: Service, key: string, signal: AbortSignal): Promise<Heeded> {
  const put = async (condition: Record<string, string>) => {
    try {
      const headers = { ...condition, ...sumOfNothing };
      await service.ask({ method: 'PUT', key, headers, body: new Uint8Array(0) }, signal);
      return 'made';
    } catch (error) {
      if (isRefusal(error, 404, 412, 409)) return 'heeded';
      if (isRefusal(error, 501, 400)) return 'refused';
      throw error;
    }
  };
  const same = await put({ 'if-match': '"00000000000000000000000000000000"' });
  if (same === 'heeded') return { free: true, same: true };
  try {
    if (same === 'refused') await put({});
    return { free: (await put({ 'if-none-match': '*' })) === 'heeded', same: false };
  } finally {
    await service.ask({ method: 'DELETE', key }, signal);
  }
}
