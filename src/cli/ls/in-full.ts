/** Entries that a place only listed, with all that it tells of them. */
import type { Entry, Listed } from '../../store/entry.ts';
import { lookedAt } from '../../store/looked-at.ts';
import type { Store } from '../../store/store.ts';
import { each } from '../../work/each.ts';

const askedAtOnce = 32;
const together = 256;

/** All that is listed, in the same order; what cannot be looked at comes as Unlisted, and throws where the place may be away. */
export async function* allInFull(listing: AsyncIterable<Listed>, store: Store, signal: AbortSignal) {
  let some: Listed[] = [];
  for await (const listed of listing) {
    some.push(listed);
    if (some.length < together && isBrief(some[0]!)) continue;
    yield* await allOf(some, store, signal);
    some = [];
  }
  yield* await allOf(some, store, signal);
}

function isBrief(listed: Listed): listed is Entry {
  return listed.kind !== 'unlisted' && listed.isBrief === true;
}

async function allOf(some: readonly Listed[], store: Store, signal: AbortSignal): Promise<Listed[]> {
  const full = [...some];
  await each(askedAtOnce, full.entries(), signal, async ([at, listed]) => {
    if (!isBrief(listed)) return;
    const look = async () => (await store.stat(listed.path, signal)) ?? listed; // what went meanwhile is as it was listed
    full[at] = await lookedAt(listed.path, look, signal);
  });
  return full;
}
