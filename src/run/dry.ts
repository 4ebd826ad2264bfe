/** What a transfer would do, found out as its dry run finds it out. */

import { score as emptyScore } from '../conduct/score/score.ts';
import type { Control } from '../control.ts';
import { TransferError } from '../errors.ts';
import { openDryJournal } from '../journal/dry.ts';
import { routeKey } from '../journal/key.ts';
import type { Location } from '../location/location.ts';
import { type Line, routeOver } from '../plan/route.ts';
import type { Profile } from '../profile/profile.ts';
import type { Report, Tally } from '../report/events.ts';
import type { TransferRequest } from '../request.ts';
import type { OpenStore } from '../store/open.ts';
import { linesOf } from '../way/measure-lines.ts';
import { sayingWaits } from '../way/waits.ts';
import { openWay } from '../way/way.ts';
import { begin } from './begin.ts';
import { knownCosts } from './known-costs.ts';
import { move } from './move.ts';
import { planFor } from './plan-for.ts';

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
  { source, dest }: { readonly source: Location; readonly dest: Location },
  request: TransferRequest & { readonly dryRun: true },
  { report, control, open }: { readonly report: Report; readonly control: Control; readonly open: OpenStore },
): Promise<Found> {
  const opens = { open, waits: sayingWaits(report) };
  await using way = await openWay(source, dest, request, opens, control.signal);
  const { roundTripMs } = way.ends;
  const key = routeKey(way.ends.source, way.ends.dest);
  using journal = openDryJournal(request.stateDir, { key, source: '', dest: '' });
  const over = routeOver(way.ends, request);
  const { sendsChanges } = planFor(request, over, knownCosts(request.stateDir, key), undefined);
  const begun = await begin(journal, request, { ...way.from, report });
  const score = emptyScore(undefined);
  const quiet: Report = (event) => event.type !== 'entry' && report(event);
  await move({ way, begun, journal, request, key, sendsChanges }, { score, report: quiet, control });
  control.signal.throwIfAborted();
  if (!score.isComplete) throw new TransferError('transient', 'cannot look at all of it: a place is gone');
  const { profile, tally } = score;
  return { profile, tally, key, roundTripMs, lines: await linesOf(way.ends, control.signal) };
}
