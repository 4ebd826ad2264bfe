import type { Tally } from '../report/events.ts';

/** How often a run changed something at the destination. */
export function changesOf(tally: Tally | undefined): number {
  return tally ? tally.copied + tally.repaired + tally.linked + tally.made : 0;
}
