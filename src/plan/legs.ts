import type { ChangesVerdict } from './changes.ts';
import type { Choice } from './choose.ts';
import { type Cost, predictMs, termsOf, type Work } from './cost.ts';
import { likely, spanOf, sum } from './doubt.ts';
import { type Costs, costOf } from './entrants.ts';
import type { EngineName, Leg, Plan, Span, Strategy } from './plan.ts';
import { endsOf, isHere, isLong, type Route } from './route.ts';
import { nothing, type Share, type Todo, workOn } from './todo.ts';

type Given = {
  readonly todo: Todo | undefined;
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
  if (choice.engine === undefined) return { legs: [], predictedMs: undefined, likely: undefined };
  if (!isMixed(given)) {
    const { predictedMs, likely: span } = choice;
    return { legs: [whole(choice, choice.engine, given)], predictedMs, likely: span };
  }
  const engine = learntAs(choice, given)!;
  const { predictedMs, likely: span } = choice.candidates.find((one) => one.engine === engine) ?? choice;
  return { legs: timed(engine, shares(engine, given), given), predictedMs, likely: span };
}

/** Whose constants the run of a choice teaches: a mixed plan does what tar, or proxy, does where it is asked for. */
export function learntAs({ engine }: Choice, where: Where): EngineName | undefined {
  if (!isMixed(where)) return engine;
  return endsOf(where.route).includes('local') ? 'tar' : 'proxy';
}

function isMixed({ route, strategy }: Where): boolean {
  const isShell = endsOf(route).every((kind) => kind === 'ssh' || kind === 'local');
  return strategy === 'auto' && isShell && !isHere(route);
}

function whole(
  { predictedMs, likely: span, reason }: Choice,
  engine: EngineName,
  { todo, lanes, route, costs }: Given,
): Leg {
  const parts = todo && [todo.small, todo.large, todo.changed].filter((one) => one !== undefined);
  const add = (of: keyof Share) => parts?.reduce((sum, one) => sum + one[of], 0);
  const basis = todo && costOf(engine, costs, route).basis;
  const [files, bytes] = [add('files'), add('bytes')];
  return { engine, entries: 'all', files, bytes, lanes, predictedMs, likely: span, basis, reason };
}

/** What goes one way, without its times; a share that is not known is not there. */
type Part = Pick<Leg, 'engine' | 'entries' | 'reason'> & { readonly share: Share | undefined };

const reasons = {
  small: 'small entries go together in streams of tar, and cost no round trip each',
  near: 'files above 1 MB go in ranges, over several connections',
  long: 'files above 8 MB go in ranges, over several connections: on a long line smaller ones are quicker together',
  unchanged: 'what did not change is looked at, and nothing is sent',
} as const;

function shares(engine: EngineName, { todo, changes, route }: Given): Part[] {
  const { small, large, changed, left } = todo ?? {};
  const inPlace = `large files that changed in place: ${changes?.reason}`;
  const alone = reasons[isLong(route) ? 'long' : 'near'];
  const mayChange = changes?.fromBytes !== undefined && (changed ? changed.files > 0 : large?.files !== 0);
  const parts: (Part | false | undefined)[] = [
    small?.files !== 0 && { engine: 'tar', entries: 'small', share: small, reason: reasons.small },
    large?.files !== 0 && { engine: 'parallel', entries: 'large', share: large, reason: alone },
    mayChange && { engine: 'rsync', entries: 'changed', share: changed, reason: inPlace },
    left && left.files > 0 && { engine, entries: 'unchanged', share: left, reason: reasons.unchanged },
  ];
  const some = parts.filter((one) => one !== undefined && one !== false);
  return some.length > 0 ? some : [{ engine, entries: 'unchanged', share: left, reason: reasons.unchanged }];
}

/** The legs with their times: what begins and ends a run is the first one's. */
function timed(engine: EngineName, parts: readonly Part[], { todo, costs, route, lanes }: Given): Leg[] {
  const { cost, basis } = costOf(engine, costs, route);
  const hollow = Math.max(
    0,
    parts.findIndex(({ entries }) => entries === 'large'),
  );
  return parts.map(({ share, ...part }, at) => {
    const { files, bytes } = share ?? {};
    const holes = at === hollow ? todo?.holes : 0;
    const work = share && workOf({ entries: part.entries, share, holes }, route);
    const times = work && (at === 0 ? timesOf(cost, work) : added(cost, work));
    const { predictedMs, likely: span } = times ?? {};
    return { ...part, files, bytes, lanes, predictedMs, likely: span, basis: work && basis };
  });
}

type Some = Pick<Leg, 'entries'> & { readonly share: Share; readonly holes: number | undefined };

function workOf({ entries, share, holes = 0 }: Some, route: Route): Work {
  const none = { small: nothing, large: nothing, changed: nothing, left: nothing, made: 0 };
  const of = entries === 'unchanged' ? 'left' : entries === 'changed' ? 'changed' : 'small';
  return workOn({ ...none, holes, [of]: share }, route);
}

type Times = { readonly predictedMs: number; readonly likely: Span };

function timesOf(cost: Cost, work: Work): Times {
  return { predictedMs: predictMs(cost, work), likely: likely(cost, work) };
}

/** What a share of the work adds to the whole. */
function added(cost: Cost, { roundTripMs, ...work }: Work): Times {
  const begun = termsOf(cost, { files: 0, bytes: 0, skipped: 0, roundTripMs });
  const terms = termsOf(cost, { ...work, roundTripMs });
  const more = { ...terms, setupMs: 0, perTrip: terms.perTrip - begun.perTrip };
  return { predictedMs: sum(Object.values(more)), likely: spanOf(cost, more) };
}
