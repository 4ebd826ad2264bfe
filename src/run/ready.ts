/** What a run has before anything of it begins: both ends, the Journal of its route, and what that is known to cost. */
import { isKind } from '../errors.ts';
import { openDryJournal } from '../journal/dry.ts';
import type { Journal } from '../journal/journal.ts';
import { routeKey } from '../journal/key.ts';
import { openJournal } from '../journal/open.ts';
import { formatLocation } from '../location/format.ts';
import type { Places } from '../location/location.ts';
import type { Means } from '../means.ts';
import type { Costs } from '../plan/entrants.ts';
import { type Route, routeOver } from '../plan/route.ts';
import type { TransferRequest } from '../request.ts';
import { sayingWaits } from '../way/waits.ts';
import { openWay, type Way } from '../way/way.ts';
import { knownCosts } from './known-costs.ts';

export type Ready = AsyncDisposable & {
  readonly way: Way;
  /** It is the lock of the route, too. */
  readonly journal: Journal;
  /** what the route is known by */
  readonly key: string;
  readonly route: Route;
  readonly costs: Costs;
};

/** Refuses what is not safe, and throws 'locked' where another run holds the route. For a dry run nothing is kept. */
export async function getReady(
  places: Places,
  request: TransferRequest,
  { report, control, open }: Means,
): Promise<Ready> {
  await using opened = new AsyncDisposableStack();
  const way = opened.use(
    await openWay(places, request, { open, waits: sayingWaits(report) }, control.signal),
  );
  const key = routeKey(way.ends.source, way.ends.dest);
  const named = { key, source: formatLocation(places.source), dest: formatLocation(places.dest) };
  const openOne = request.dryRun ? openDryJournal : openJournal;
  const journal = opened.use(await openFor(way, () => openOne(request.stateDir, named)));
  if (journal.rescued) report({ type: 'warning', message: journal.rescued, hint: undefined });
  const kept = opened.move();
  return {
    way,
    journal,
    key,
    route: routeOver(way.ends, request),
    costs: knownCosts(request.stateDir, key),
    [Symbol.asyncDispose]: () => kept.disposeAsync(),
  };
}

/** Leaves no destination that was made for a run that cannot be; one that another run holds may be in use there already. */
async function openFor(way: Way, open: () => Journal): Promise<Journal> {
  try {
    return open();
  } catch (error) {
    if (!isKind(error, 'locked')) await way.unmake().catch(() => undefined); // why it cannot be is what is said
    throw error;
  }
}
