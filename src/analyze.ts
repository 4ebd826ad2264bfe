/** Walks a source once, without copying, and asks the planner what it would do with what is there. */

import type { Outcome } from './conduct/jobs.ts';
import { survey } from './conduct/survey.ts';
import type { Control } from './control.ts';
import { threads } from './engine/parallel/threads.ts';
import { knownCosts } from './experience.ts';
import { openDryJournal } from './journal/dry.ts';
import { routeKey } from './journal/key.ts';
import type { Location } from './location/location.ts';
import { type Analysis, analysis } from './plan/analysis.ts';
import { firstBundles } from './profile/listed.ts';
import type { Profile } from './profile/profile.ts';
import type { Report } from './report/events.ts';
import type { AnalyzeRequest } from './request.ts';
import { type Ends, here, openEnds, openSource } from './route.ts';
import { setupToLook } from './setup.ts';

const keepAll = {
  mode: true,
  owner: true,
  times: true,
  hardlinks: true,
  xattrs: true,
  acls: true,
  sparse: true,
  specials: true,
} as const;

/** Without a destination: as if it went to another place on this machine. */
export async function analyze(
  source: Location,
  dest: Location | undefined,
  request: AnalyzeRequest,
  report: Report,
  control: Control,
): Promise<Analysis<Profile>> {
  const { signal } = control;
  const ends = dest
    ? await openEnds(here(source), here(dest), { make: false }, signal)
    : await openSource(here(source), signal);
  const key = keyOf(ends);
  const groups = new Set<string>();
  const heard = ({ pairs }: Outcome) => {
    for (const { source: inode } of pairs) groups.add(inode);
  };
  const looking = { ...request, preserve: keepAll, checksum: false, bytesPerSecond: undefined };
  using journal = openDryJournal(request.stateDir, { key, source: '', dest: '' });
  const setup = { ...setupToLook({ ...ends, isNew: true }, looking, journal.path), dest: new Uint8Array(0) };
  const first = firstBundles(request.filesFrom, ends.single?.from);
  const profile = await survey(
    { kind: 'scan', ...threads(setup), lanes: request.streams, first },
    heard,
    report,
    control,
  );
  profile.linkGroups = groups.size;
  const route = { source: source.kind, dest: dest?.kind, roundTripMs: 0 };
  const costs = knownCosts(request.stateDir, key);
  return analysis(profile, route, { costs, strategy: request.strategy, lanes: request.streams });
}

function keyOf({ canonical }: Ends): string {
  return routeKey(
    { kind: 'local', canonical: canonical.source },
    { kind: 'local', canonical: canonical.dest },
  );
}
