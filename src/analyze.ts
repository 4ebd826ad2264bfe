/** Walks a source once, without copying, and asks the planner what it would do with what is there. */
import { availableParallelism } from 'node:os';
import type { Outcome } from './conduct/jobs.ts';
import { survey } from './conduct/survey.ts';
import type { Control } from './control.ts';
import { knownCosts } from './experience.ts';
import { openDryJournal } from './journal/dry.ts';
import { routeKey } from './journal/key.ts';
import type { Location } from './location/location.ts';
import { lookAtSource } from './look.ts';
import { type Analysis, analysis } from './plan/analysis.ts';
import { firstBundles } from './profile/listed.ts';
import type { Profile } from './profile/profile.ts';
import type { Report } from './report/events.ts';
import { type AnalyzeRequest, keepAll } from './request.ts';
import { type OpenStore, openStore } from './store/open.ts';

/** Without a destination: as if it went to another place on this machine. */
export async function analyze(
  source: Location,
  dest: Location | undefined,
  request: AnalyzeRequest,
  report: Report,
  control: Control,
  open: OpenStore = openStore,
): Promise<Analysis<Profile>> {
  const looking = { ...request, preserve: keepAll, checksum: false, bytesPerSecond: undefined };
  await using look = await lookAtSource({ source, dest }, looking, open, control.signal);
  const key = routeKey(look.ends.source, look.ends.dest);
  const groups = new Set<string>();
  const heard = ({ pairs }: Outcome) => {
    for (const { source: inode } of pairs) groups.add(inode);
  };
  using journal = openDryJournal(request.stateDir, { key, source: '', dest: '' });
  const first = firstBundles(request.filesFrom, look.single);
  const profile = await survey(
    { kind: 'scan', ...look.lanes(journal.path), lanes: request.streams, first },
    heard,
    report,
    control,
  );
  profile.linkGroups = groups.size;
  const route = {
    source: source.kind,
    dest: dest?.kind,
    roundTripMs: look.ends.roundTripMs,
    lines: await look.lines(control.signal),
    cpus: availableParallelism(),
  };
  const costs = knownCosts(request.stateDir, key);
  return analysis(profile, route, { costs, strategy: request.strategy, lanes: request.streams });
}
