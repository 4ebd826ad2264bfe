import type { Choice } from './choose.ts';
import type { Counts } from './counts.ts';
import type { Plan } from './plan.ts';

type Given = { readonly counts: Counts | undefined; readonly lanes: number | 'auto' };

/** The Plan of a choice: one leg with everything, as the chosen engine bundles and splits by itself. */
export function planOf({ engine, predictedMs, likely, reason }: Choice, { counts, lanes }: Given): Plan {
  if (engine === undefined) return { legs: [], predictedMs: undefined };
  const { files, bytes } = counts ?? { files: undefined, bytes: undefined };
  return {
    legs: [{ engine, entries: 'all', files, bytes, lanes, predictedMs, likely, reason }],
    predictedMs,
  };
}
