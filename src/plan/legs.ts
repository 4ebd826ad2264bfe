import type { ChangesVerdict } from './changes.ts';
import type { Choice } from './choose.ts';
import { predictMs, type Work } from './cost.ts';
import { type Counts, entriesOf, workOf } from './counts.ts';
import { type Costs, costOf } from './entrants.ts';
import type { EngineName, Leg, Plan, Strategy } from './plan.ts';
import { endsOf, isLong, type Route } from './route.ts';

type Given = {
  readonly counts: Counts | undefined;
  readonly lanes: number | 'auto';
  readonly route: Route;
  readonly strategy: Strategy;
  readonly costs: Costs;
  readonly changes: ChangesVerdict | undefined;
};

type Where = Pick<Given, 'route' | 'strategy'>;

/**
 * The Plan of a choice. Where a host behind SSH is an end and nobody asked for one engine, it has a leg for each kind of
 * entry, which share lanes, limits, Journal and progress; else one leg takes all.
 */
export function planOf(choice: Choice, given: Given): Plan {
  const { engine, predictedMs, likely, reason } = choice;
  if (engine === undefined) return { legs: [], predictedMs: undefined };
  if (isMixed(choice, given)) {
    const whole = asLearnt(choice, given);
    return { legs: mixed(whole, given), predictedMs: whole.predictedMs };
  }
  const { counts, lanes } = given;
  const { files, bytes } = counts ?? { files: undefined, bytes: undefined };
  return {
    legs: [{ engine, entries: 'all', files, bytes, lanes, predictedMs, likely, reason }],
    predictedMs,
  };
}

/** Whose constants the run of a choice teaches: a mixed plan does what tar does where it is asked for. */
export function learntAs(choice: Choice, where: Where): EngineName | undefined {
  return isMixed(choice, where) && choice.engine === 'parallel' ? 'tar' : choice.engine;
}

function asLearnt(choice: Choice, given: Given): Choice {
  const engine = learntAs(choice, given);
  const { predictedMs, likely } = choice.candidates.find((one) => one.engine === engine) ?? choice;
  return { ...choice, engine, predictedMs, likely };
}

function isMixed({ engine }: Choice, { route, strategy }: Where): boolean {
  const ends = endsOf(route);
  const isHere = ends.every((kind) => kind === 'local');
  const isShell = ends.every((kind) => kind === 'ssh' || kind === 'local');
  return strategy === 'auto' && isShell && !isHere && engine !== 'rsync';
}

const reasons = {
  small: 'small entries go together in streams of tar, and cost no round trip each',
  unchanged: 'what did not change is looked at, and nothing is sent',
} as const;

function mixed(choice: Choice, given: Given): Leg[] {
  const { counts, lanes, changes } = given;
  const leg = (of: Pick<Leg, 'engine' | 'entries' | 'reason'>, work?: Work): Leg => ({
    ...of,
    files: work?.files,
    bytes: work?.bytes,
    lanes,
    predictedMs: work && shareMs(choice, given, work),
    likely: undefined,
  });
  const { small, large, left } = divided(counts, given.route);
  const legs: (Leg | false | undefined)[] = [
    small?.files !== 0 && leg({ engine: 'tar', entries: 'small', reason: reasons.small }, small),
    large?.files !== 0 &&
      leg({ engine: 'parallel', entries: 'large', reason: aloneOver(given.route).reason }, large),
    large?.files !== 0 &&
      changes?.isDelta &&
      leg({
        engine: 'rsync',
        entries: 'changed',
        reason: `large files that changed in place: ${changes.reason}`,
      }),
    left &&
      left.skipped > 0 &&
      leg({ engine: choice.engine!, entries: 'unchanged', reason: reasons.unchanged }, left),
  ];
  return withSetUp(
    choice,
    legs.filter((one) => one !== undefined && one !== false),
  );
}

/** What begins and ends a run is the first leg's. */
function withSetUp({ predictedMs, likely }: Choice, [first, ...others]: readonly Leg[]): Leg[] {
  if (!first) return [];
  const rest = others.reduce((sum, one) => sum + (one.predictedMs ?? 0), 0);
  const ms = predictedMs === undefined ? undefined : Math.max(0, predictedMs - rest);
  return [{ ...first, predictedMs: ms, likely: others.length === 0 ? likely : undefined }, ...others];
}

/** What a share of the work adds to the whole. */
function shareMs({ engine }: Choice, { costs, route }: Given, work: Work): number {
  const { cost } = costOf(engine!, costs, route);
  const nothing = { files: 0, bytes: 0, skipped: 0, roundTripMs: route.roundTripMs };
  return predictMs(cost, work) - predictMs(cost, nothing);
}

type Divided = { readonly small?: Work; readonly large?: Work; readonly left?: Work };

/** Which files go for themselves, and how many buckets of sizes, those up to 1 or to 10 MB, come before them. */
const alone = {
  near: { buckets: 5, reason: 'files above 1 MB go in ranges, over several connections' },
  long: {
    buckets: 6,
    reason:
      'files above 8 MB go in ranges, over several connections: on a long line smaller ones are quicker together',
  },
} as const;

function aloneOver(route: Route) {
  return alone[isLong(route) ? 'long' : 'near'];
}

function divided(counts: Counts | undefined, route: Route): Divided {
  if (!counts?.sizes || !counts.sizeBytes) return {};
  const work = workOf(counts, route);
  const { buckets } = aloneOver(route);
  const share = work.files / Math.max(1, entriesOf(counts));
  const add = (numbers: readonly number[]) => numbers.slice(buckets).reduce((sum, one) => sum + one, 0);
  const [files, bytes] = [add(counts.sizes), add(counts.sizeBytes)];
  const { roundTripMs } = route;
  const of = (count: number, size: number): Work => ({
    files: Math.round(count * share),
    bytes: Math.round(size * share),
    skipped: 0,
    roundTripMs,
  });
  return {
    small: of(entriesOf(counts) - files, counts.bytes - bytes),
    large: of(files, bytes),
    left: { files: 0, bytes: 0, skipped: work.skipped, roundTripMs },
  };
}
