/** Whether large files that changed in place go by delta, or anew: what is quicker, the line or reading both sides. */
import { type Cost, comparedPerByteMs, defaultCost, termsOf } from './cost.ts';
import type { Costs } from './entrants.ts';
import { endsOf, type Route } from './route.ts';

export type ChangesVerdict = {
  /** files of so many bytes or more go by delta; undefined: none does */
  readonly fromBytes: number | undefined;
  readonly reason: string;
};

/** What an rsync for one file takes beside reading, where several start side by side on two cores. */
const startMs = 20;
/** Below, nothing is saved that anybody would notice. */
const leastBytes = 8 * 1024 * 1024;

type Given = { readonly costs: Costs; readonly bytesPerSecond: number | undefined };

/** Undefined where there is no delta: both ends here, both behind SSH, or one of them no place for rsync. */
export function changesBy(route: Route, { costs, bytesPerSecond }: Given): ChangesVerdict | undefined {
  if (endsOf(route).toSorted().join() !== 'local,ssh') return undefined;
  const { perByteMs, isMeasured } = lineOf(route, costs);
  const slowest = Math.max(perByteMs, bytesPerSecond === undefined ? 0 : 1000 / bytesPerSecond);
  const [line, reading] = [rate(slowest), rate(comparedPerByteMs)];
  const known = isMeasured || slowest > perByteMs ? '' : ' as far as is known';
  const saved = slowest - comparedPerByteMs;
  if (saved > 0) {
    const fromBytes = Math.max(leastBytes, Math.round(startMs / saved));
    const from = `worth it from ${Math.round(fromBytes / 1e6)} MB on`;
    return {
      fromBytes,
      reason: `the line takes ${line}${known}, and both sides are read at ${reading}, ${from}`,
    };
  }
  return {
    fromBytes: undefined,
    reason: `the line takes ${line}${known}, which is quicker than reading both sides`,
  };
}

/** What a byte of a large file takes: as runs of this route taught the engine that is known best, or as lines are. */
function lineOf(on: Route, { route }: Costs): { perByteMs: number; isMeasured: boolean } {
  const known = route.filter(({ runs, engine }) => runs > 0 && engine !== 'rsync');
  const [best] = known.toSorted((a, b) => a.doubt.perByteMs - b.doubt.perByteMs);
  const { roundTripMs } = on;
  const cost: Cost = best ?? defaultCost('parallel', { roundTripMs });
  const work = { files: 0, skipped: 0, bytes: 1e9, roundTripMs };
  const waits = termsOf(cost, work).perTrip - termsOf(cost, { ...work, bytes: 0 }).perTrip;
  return { perByteMs: cost.perByteMs + waits / 1e9, isMeasured: best !== undefined };
}

function rate(perByteMs: number): string {
  return `${Math.round(1 / perByteMs / 1000)} MB/s`;
}
