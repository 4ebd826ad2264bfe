/** What a transfer would do, found out as its dry run finds it out. */

import { score as emptyScore } from '../conduct/score/score.ts';
import { TransferError } from '../errors.ts';
import type { Places } from '../location/location.ts';
import type { Means } from '../means.ts';
import type { Line } from '../plan/route.ts';
import type { Profile } from '../profile/profile.ts';
import type { Report, Tally } from '../report/events.ts';
import type { TransferRequest } from '../request.ts';
import { linesOf } from '../way/measure-lines.ts';
import { begin } from './begin.ts';
import { move } from './move.ts';
import { planFor } from './plan-for.ts';
import { getReady } from './ready.ts';

/** What was learned of a source, and of its way. */
export type Found = {
  readonly profile: Profile;
  /** undefined where there was no destination to look at */
  readonly tally: Tally | undefined;
  /** what the route is known by */
  readonly key: string;
  readonly roundTripMs: number;
  readonly lines: readonly Line[];
};

/** Tells of failures and progress, not of each entry. Throws 'transient' when a place went away. */
export async function tryDry(
  places: Places,
  request: TransferRequest & { readonly dryRun: true },
  means: Means,
): Promise<Found> {
  const { report, control } = means;
  await using ready = await getReady(places, request, means);
  const planned = planFor(request, ready, undefined);
  const begun = await begin(ready.journal, request, { ...ready.way.from, report });
  const score = emptyScore(undefined);
  const quiet: Report = (event) => event.type !== 'entry' && report(event);
  await move({ ready, planned, begun, request }, { score, report: quiet, control });
  control.signal.throwIfAborted();
  if (!score.isComplete) throw new TransferError('transient', 'cannot look at all of it: a place is gone');
  const { profile, tally } = score;
  const { ends } = ready.way;
  const lines = await linesOf(ends, control.signal);
  return { profile, tally, key: ready.key, roundTripMs: ends.roundTripMs, lines };
}
