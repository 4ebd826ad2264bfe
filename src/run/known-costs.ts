/** What earlier runs taught of a route, and of this machine: the costs that predictions rest on. */
import { costsOf } from '../journal/costs.ts';
import { type Cost, defaultCost } from '../plan/cost.ts';
import { faded } from '../plan/doubt.ts';
import type { Costs } from '../plan/entrants.ts';
import type { EngineName } from '../plan/plan.ts';

/** What is learnt of this machine is kept under, beside the keys of routes. */
export const machine = 'machine';

/** As they are believed now: what was learnt long ago is in more doubt. */
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
