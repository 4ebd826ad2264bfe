/** What earlier runs taught: the costs that predictions rest on, the plan they lead to, and their correction. */
import { TransferError } from '../errors.ts';
import { costsOf, learnCosts } from '../journal/costs.ts';
import { changesBy } from '../plan/changes.ts';
import { choose } from '../plan/choose.ts';
import { type Cost, defaultCost, type Work } from '../plan/cost.ts';
import { faded } from '../plan/doubt.ts';
import { type Costs, costOf } from '../plan/entrants.ts';
import { assuming, type Expected } from '../plan/expect.ts';
import { thisBuild } from '../plan/fit.ts';
import { learn } from '../plan/learn.ts';
import { learntAs, planOf } from '../plan/legs.ts';
import type { EngineName, Plan } from '../plan/plan.ts';
import { isHere, type Route } from '../plan/route.ts';
import { todoOf, workOn } from '../plan/todo.ts';
import type { Summary, Tally } from '../report/events.ts';
import type { TransferRequest } from '../request.ts';

const machine = 'machine';

export function knownCosts(stateDir: string, key: string): Costs {
  const now = Date.now();
  const [route, onMachine] = costsOf(stateDir, [key, machine]).map((rows) =>
    rows.map((row) => faded(completed(row), now)),
  );
  return { route: route!, machine: onMachine! };
}

/** What runs did not teach then is as it is to begin with. */
function completed(row: Cost): Cost {
  const first = defaultCost(row.engine as EngineName);
  return { ...first, ...row, doubt: { ...first.doubt, ...row.doubt } };
}

type Planned = {
  readonly engine: EngineName;
  readonly plan: Plan;
  readonly sendsChanges: boolean;
};

/** The plan before anything was looked at. Throws 'unsupported'. */
export function planFor(
  { strategy, streams, bytesPerSecond }: TransferRequest,
  route: Route,
  costs: Costs,
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
    sendsChanges: changes?.isDelta ?? false,
  };
}

/** The work a run turned out to be; what it made was directories, as good as always. */
export function workDone(tally: Tally, route: Route): Work {
  return workOn(todoOf(tally), route);
}

type Learnt = {
  readonly engine: EngineName;
  readonly summary: Summary;
  /** of what was done in the time that it took */
  readonly tally: Tally;
};

/**
 * Corrects the costs by a run that went through as fast as it could: those of its route, and of this machine if it was
 * all here.
 */
export function learnFrom(
  { engine, summary, tally }: Learnt,
  costs: Costs,
  stateDir: string,
  { key, route }: { readonly key: string; readonly route: Route },
): void {
  if (summary.dryRun || summary.exitCode !== 0) return;
  const work = workDone(tally, route);
  const learnt = [
    { scope: key, own: costs.route },
    ...(isHere(route) ? [{ scope: machine, own: costs.machine }] : []),
  ].map(({ scope, own }) => {
    const before = own.find((row) => row.engine === engine) ?? costOf(engine, costs, route).cost;
    return { scope, row: { ...learn(before, work, summary.elapsedMs), learntMs: Date.now() } };
  });
  learnCosts(stateDir, learnt);
}
