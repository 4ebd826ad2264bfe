import type { Bundle } from '../profile/bundle.ts';
import type { Outcome } from './jobs.ts';

/**
 * Carries what is new at the destination at once: trees, or names in a new directory that is there. Answers what came
 * of it, with what it left for others to do in `rest`; undefined where it is not known, or not all of it arrived: then
 * all has to be looked at. Waits for `moved` after each piece.
 */
export type CarryTrees = (
  bundle: Bundle,
  id: number,
  moved: (bytes: number, entries: number) => Promise<void>,
  signal: AbortSignal,
) => Promise<Outcome | undefined>;
