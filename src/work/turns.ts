/** Lets so many in at once, and the others wait in line. */
import { createBudget } from './budget.ts';

/** Whoever is in leaves by disposing of it. An abort leaves the line with the signal's reason. */
export type Turns = (signal: AbortSignal) => Promise<Disposable>;

export function createTurns(limit: number): Turns {
  const places = createBudget(limit);
  return (signal) => places(1, signal);
}
