/** Entries that a place only listed, with all that it tells of them. */
import { TransferError } from '../../errors.ts';
import type { Entry, Listed } from '../../store/entry.ts';
import type { Store } from '../../store/store.ts';
import { each } from '../../work/each.ts';

const askedAtOnce = 32;
const together = 256;

/** All that is listed, in the same order; what may not be looked at comes as Unlisted. */
export async function* inFull(listing: AsyncIterable<Listed>, store: Store, signal: AbortSignal) {
  let some: Listed[] = [];
  for await (const listed of listing) {
    some.push(listed);
    if (some.length < together && isBrief(some[0]!)) continue;
    yield* await lookedAt(some, store, signal);
    some = [];
  }
  yield* await lookedAt(some, store, signal);
}

function isBrief(listed: Listed): listed is Entry {
  return listed.kind !== 'unlisted' && listed.isBrief === true;
}

async function lookedAt(some: readonly Listed[], store: Store, signal: AbortSignal): Promise<Listed[]> {
  const full = [...some];
  await each(askedAtOnce, full.entries(), signal, async ([at, listed]) => {
    if (isBrief(listed)) full[at] = await lookAt(listed, store, signal);
  });
  return full;
}

/** What went meanwhile is as it was listed. */
async function lookAt(listed: Entry, store: Store, signal: AbortSignal): Promise<Listed> {
  try {
    return (await store.stat(listed.path, signal)) ?? listed;
  } catch (error) {
    signal.throwIfAborted();
    if (!(error instanceof TransferError)) throw error;
    return { kind: 'unlisted', path: listed.path, error };
  }
}
