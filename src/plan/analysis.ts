import type { Candidate } from './candidate.ts';
import { changesBy } from './changes.ts';
import { choose } from './choose.ts';
import type { Counts } from './counts.ts';
import type { Costs } from './entrants.ts';
import { thisBuild } from './fit.ts';
import { planOf } from './legs.ts';
import type { EngineName, Plan, Strategy } from './plan.ts';
import type { Route } from './route.ts';
import { type Doings, todoFrom, todoOf } from './todo.ts';

/** What `analyze` found out, as plain JSON; `schema` rises when a member changes its meaning or goes. */
export type Analysis<Profile extends Counts = Counts> = {
  readonly schema: 1;
  readonly route: Route;
  readonly profile: Profile;
  /** what a transfer would do; undefined where there was no destination to look at */
  readonly tally: Doings | undefined;
  /** so many entries could not be looked at, and are not in what was counted */
  readonly failed: number;
  readonly candidates: readonly Candidate[];
  /** the engine that would be chosen if this build had all of them */
  readonly wanted: EngineName;
  readonly reason: string;
  /** no leg when nothing in this build can do it */
  readonly plan: Plan;
};

type Given = {
  readonly costs: Costs;
  readonly strategy: Strategy;
  readonly lanes: number | 'auto';
  readonly tally?: Doings | undefined;
  readonly failed?: number;
};

/** What each engine would take for a tree on a route, and what is best. */
export function analysis<Profile extends Counts>(
  profile: Profile,
  route: Route,
  { costs, strategy, lanes, tally, failed = 0 }: Given,
): Analysis<Profile> {
  const todo = tally ? todoOf(tally) : todoFrom(profile, route);
  const choice = choose(profile, route, { strategy, costs, build: thisBuild, todo });
  const { wanted, reason } = choice;
  const changes = changesBy(route, { costs, bytesPerSecond: undefined });
  const plan = planOf(choice, { todo, lanes, route, strategy, costs, changes });
  const candidates = choice.candidates.map((candidate) => within(plan, candidate));
  return { schema: 1, route, profile, tally, failed, candidates, wanted, reason, plan };
}

/** A candidate beside the Plan that was made: what was chosen alone may be a leg of it, or another's work there. */
function within({ legs }: Plan, candidate: Candidate): Candidate {
  const [first] = legs;
  if (!first) return candidate;
  const isLeg = legs.some(({ engine }) => engine === candidate.engine);
  const isMixed = legs.length > 1;
  if (isMixed && isLeg) return { ...candidate, chosen: false, reason: 'a leg of the mixed plan' };
  if (isLeg === candidate.chosen) return candidate;
  const reason = isLeg ? first.reason : `what there is goes by ${isMixed ? 'a mixed plan' : first.engine}`;
  return { ...candidate, chosen: isLeg, reason };
}
