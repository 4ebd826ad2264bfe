/** One run of find over there: what it tells is handed on entry by entry, as long as it is wanted. */

import { TransferError } from '../../../errors.ts';
import type { UnpackLinks } from './fetching.ts';
import { FoundRecords } from './found-records.ts';
import type { Listing } from './listing.ts';

export type Reader = {
  readonly take: (found: FoundRecords) => void;
  /** what was taken has to go on before more is; undefined: not yet */
  readonly pause: () => Promise<void> | undefined;
  /** asked after each entry: the rest is not wanted */
  readonly isEnough: () => boolean;
  /** all was told */
  readonly ended: () => void;
};

/** False where there was enough before the end. `listing` doubts what was not listed well. */
export async function readList(
  work: 'list' | 'list all',
  listing: Listing,
  reader: Reader,
  links: UnpackLinks,
): Promise<boolean> {
  const run = links.far(work, listing.words());
  try {
    const found = new FoundRecords();
    for await (const chunk of run.chunks) {
      found.push(chunk);
      while (found.next()) {
        reader.take(found);
        const pause = reader.pause();
        if (pause) await pause;
        if (!reader.isEnough()) continue;
        run.refuse();
        return false;
      }
    }
    reader.ended();
    if ((await run.code) !== 0) listing.doubt();
  } catch (error) {
    run.refuse();
    links.signal.throwIfAborted();
    if (!(error instanceof TransferError)) throw error;
    listing.doubt();
  }
  return true;
}
