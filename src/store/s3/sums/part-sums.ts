/**
 * Which sum a service keeps of an object that it puts together from parts: the quickest that it adds up over all of
 * them. Some know that of CRC64NVME alone, and others of none: there each part goes with an MD5.
 */

import { isRefusal } from '../service/fault.ts';
import type { SumName } from './checksum.ts';

export type PartSums = {
  /** Does it with the headers that begin an upload, and others where it is refused because of them. */
  readonly begin: <T>(
    attempt: (headers: Readonly<Record<string, string>>) => Promise<T>,
  ) => Promise<{ readonly answer: T; readonly sum: SumName | undefined }>;
};

const ways = ['crc32', 'crc64nvme', undefined] as const;

export function createPartSums(): PartSums {
  let known = 0; // ways before it were refused by a service that took this one
  return {
    async begin(attempt) {
      let first: unknown;
      for (const [at, sum] of ways.entries()) {
        if (at < known) continue;
        try {
          const answer = await attempt(headersOf(sum));
          known = at;
          return { answer, sum };
        } catch (error) {
          first ??= error;
          if (!isRefusal((error as Error).cause, 400, 501)) break;
        }
      }
      throw first;
    },
  };
}

function headersOf(sum: SumName | undefined): Readonly<Record<string, string>> {
  if (sum === undefined) return {};
  return { 'x-amz-checksum-algorithm': sum.toUpperCase(), 'x-amz-checksum-type': 'FULL_OBJECT' };
}
