/** What a run will find to do, before it looks: by what is known of the runs of its route before it. */
import type { Cost } from './cost.ts';
import { type Counts, entriesOf } from './counts.ts';
import { likely } from './doubt.ts';
import type { Plan } from './plan.ts';
import type { Route } from './route.ts';
import { type Doings, nothing, type Share, type Todo, todoFrom, todoOf, workOn } from './todo.ts';

/** A run that looked at the same entries as this one will. */
export type Earlier = {
  readonly counts: Counts;
  readonly doings: Doings;
  /** it saw all there is */
  readonly walkEnded: boolean;
  /** it went through, whatever failed in it */
  readonly isOver: boolean;
  readonly elapsedMs: number | undefined;
};

export type Expected = {
  /** the tree, as a run last saw all of it */
  readonly counts: Counts;
  readonly todo: Todo;
  /** what it may be at least and at most */
  readonly least: Todo;
  readonly most: Todo;
  /** `if nothing changed since the last run` */
  readonly assumes: string;
};

type Now = {
  readonly route: Route;
  /** nothing is at the destination */
  readonly isNew: boolean;
  /** the last of the runs goes on: what it did is not looked at again */
  readonly isResumed: boolean;
};

/** So many of the newest runs are asked how much there was to do. */
const asked = 5;

/** `earlier` begins with the newest; undefined where none of them saw all there is. */
export function expectedOf(
  earlier: readonly Earlier[],
  { route, isNew, isResumed }: Now,
): Expected | undefined {
  const counts = earlier.find(({ walkEnded }) => walkEnded)?.counts;
  if (!counts) return undefined;
  const all = todoFrom({ ...counts, changed: undefined }, route);
  const surely = (todo: Todo, assumes: string) => ({ counts, todo, least: todo, most: todo, assumes });
  if (isNew) return surely(all, 'if the source is as it was: nothing is at the destination');
  const { isOver, doings } = earlier[0]!;
  if (!isOver) return surely(restOf(all, doings, isResumed), 'if the rest is like what the last run came to');
  const over = earlier.filter((run) => run.isOver);
  const again = over.slice(0, -1).slice(0, asked); // the first one found nothing there
  return { counts, ...(again.length === 0 ? unknown(counts, all) : asUsual(again)) };
}

/** A Plan of what is expected: how long it takes is less sure than what it takes for what there is to do. */
export function assuming(plan: Plan, { least, most, assumes }: Expected, cost: Cost, route: Route): Plan {
  const [{ leastMs }, { mostMs }] = [likely(cost, workOn(least, route)), likely(cost, workOn(most, route))];
  const span = { leastMs, mostMs };
  const legs = plan.legs.map((leg) => (leg.entries === 'all' ? { ...leg, likely: span } : leg));
  return { ...plan, legs, likely: span, assumes };
}

/** Nothing ran twice yet: most of what is there again and again stays as it is. */
function unknown(counts: Counts, all: Todo): Omit<Expected, 'counts'> {
  const left = { files: entriesOf(counts) - counts.directories, bytes: counts.bytes };
  const none = { small: nothing, large: nothing, changed: undefined, left, made: 0 };
  const assumes = 'if nothing changed since the last run: how much does is not known yet';
  return { todo: none, least: none, most: all, assumes };
}

/** As in the middle one of them, by what they took. */
function asUsual(runs: readonly Earlier[]): Omit<Expected, 'counts'> {
  const byTime = runs.toSorted((a, b) => (a.elapsedMs ?? 0) - (b.elapsedMs ?? 0));
  const at = (place: number) => todoOf(byTime[place]!.doings);
  const [last, middle] = [runs.length - 1, (runs.length - 1) >> 1];
  const when = runs.length === 1 ? 'last time' : `in the middle one of the last ${runs.length} runs`;
  return { todo: at(middle), least: at(0), most: at(last), assumes: `if as much changed as ${when}` };
}

/** What was not come to yet is taken to be like the rest. */
function restOf({ small, large, holes = 0 }: Todo, doings: Doings, isResumed: boolean): Todo {
  const { copied, copiedBytes, linked, made, repaired, skipped, skippedBytes } = doings;
  const moved = { files: copied + linked + made + repaired, bytes: copiedBytes };
  const seen = { files: moved.files + skipped, bytes: copiedBytes + skippedBytes };
  const part = (of: keyof Share, all: number, done: number) =>
    Math.round(Math.max(0, all - done) * (seen[of] === 0 ? 1 : moved[of] / seen[of]));
  const rest = (of: keyof Share) => part(of, small[of] + large[of], seen[of]);
  const alone = {
    files: part('files', large.files, doings.large),
    bytes: Math.min(rest('bytes'), part('bytes', large.bytes, doings.largeBytes)),
  };
  const left = (of: keyof Share) =>
    Math.max(0, small[of] + large[of] - rest(of) - (isResumed ? seen[of] : 0));
  return {
    small: { files: rest('files') - alone.files, bytes: rest('bytes') - alone.bytes },
    large: alone,
    changed: undefined,
    left: { files: left('files'), bytes: left('bytes') },
    made: 0,
    holes: Math.max(0, holes - doings.holeBytes),
  };
}
