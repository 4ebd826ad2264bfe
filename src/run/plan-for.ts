/** The plan of a run by what is known of its way, and of the runs before it. */
import { TransferError } from '../errors.ts';
import { changesBy } from '../plan/changes.ts';
import { choose } from '../plan/choose.ts';
import { type Costs, costOf } from '../plan/entrants.ts';
import { assuming, type Expected } from '../plan/expect.ts';
import { thisBuild } from '../plan/fit.ts';
import { learntAs, planOf } from '../plan/legs.ts';
import type { EngineName, Plan } from '../plan/plan.ts';
import type { Route } from '../plan/route.ts';
import type { TransferRequest } from '../request.ts';

export type Planned = {
  readonly engine: EngineName;
  readonly plan: Plan;
  readonly deltaFrom: number | undefined;
};

/** The plan before anything was looked at. Throws 'unsupported'. */
export function planFor(
  { strategy, streams, bytesPerSecond }: TransferRequest,
  { route, costs }: { readonly route: Route; readonly costs: Costs },
  expected: Expected | undefined,
): Planned {
  const { counts, todo } = expected ?? {};
  const choice = choose(counts, route, { strategy, costs, build: thisBuild, todo });
  if (choice.engine === undefined) throw new TransferError('unsupported', choice.reason);
  const changes = changesBy(route, { costs, bytesPerSecond });
  const plan = planOf(choice, { todo, lanes: streams, route, strategy, costs, changes });
  const engine = learntAs(choice, { route, strategy })!;
  const { cost } = costOf(engine, costs, route);
  return {
    engine,
    plan: expected ? assuming(plan, expected, cost, route) : plan,
    deltaFrom: changes?.fromBytes,
  };
}
