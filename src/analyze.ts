/**
 * Asks the planner what it would do with what is there. Nothing is copied: without a destination the source is walked
 * and counted, with one a transfer is tried dry, so that what is new, what changed and what did not is known.
 */
import { availableParallelism } from 'node:os';
import { survey } from './conduct/survey.ts';
import { routeKey } from './journal/key.ts';
import type { Location } from './location/location.ts';
import type { Means } from './means.ts';
import { type Analysis, analysis } from './plan/analysis.ts';
import { firstBundles } from './profile/listed.ts';
import type { Profile } from './profile/profile.ts';
import type { Report } from './report/events.ts';
import { type AnalyzeRequest, asUsual, keepAll } from './request.ts';
import { type Found, tryDry } from './run/dry.ts';
import { knownCosts } from './run/known-costs.ts';
import { lookAtSource } from './way/look.ts';
import { linesOf } from './way/measure-lines.ts';

/** Without a destination: as if it went to another place on this machine. */
export async function analyze(
  { source, dest }: { readonly source: Location; readonly dest: Location | undefined },
  request: AnalyzeRequest,
  means: Means,
): Promise<Analysis<Profile>> {
  let failed = 0;
  const counting: Report = (event) => {
    if (event.type === 'failed') failed++;
    means.report(event);
  };
  const told = { ...means, report: counting };
  const { profile, tally, key, roundTripMs, lines } = dest
    ? await tryDry({ source, dest }, { ...asUsual, ...request, dryRun: true }, told)
    : await count(source, request, told);
  const route = { source: source.kind, dest: dest?.kind, roundTripMs, lines, cpus: availableParallelism() };
  const costs = knownCosts(request.stateDir, key);
  return analysis(profile, route, { costs, strategy: 'auto', lanes: request.streams, tally, failed });
}

async function count(
  source: Location,
  request: AnalyzeRequest,
  { report, control, open }: Means,
): Promise<Found> {
  const looking = { ...request, preserve: keepAll, checksum: false, bytesPerSecond: undefined };
  await using look = await lookAtSource(source, looking, open, control.signal);
  const { ends, single } = look;
  const first = firstBundles(request.filesFrom, single, { report });
  const groups = new Set<string>();
  const profile = await survey(
    { kind: 'scan', ...look.lanes(), lanes: request.streams, first, descend: false },
    ({ pairs }) => {
      for (const { source: inode } of pairs) groups.add(inode);
    },
    report,
    control,
  );
  profile.linkGroups = groups.size;
  const lines = await linesOf({ source: ends.source, dest: undefined }, control.signal);
  const key = routeKey(ends.source, ends.dest);
  return { profile, tally: undefined, key, roundTripMs: ends.roundTripMs, lines };
}
