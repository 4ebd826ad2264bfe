/** A row of the table: some work, who does it, and what difpipe is to reach. */
import { type Ran, wallMs } from './contest.ts';
import { ratio, type Spread, spread } from './stats.ts';
import type { Tools } from './tools.ts';

export type Bench = {
  /** for trees, copies and state: emptied after each row */
  readonly work: string;
  /** an empty directory on the disk where a person's state would be */
  readonly disk: string;
  readonly scale: number;
  readonly runs: number;
  readonly tools: Tools;
};

export type Row = { readonly title: string; readonly run: (bench: Bench) => RowResult };

export type RowResult = {
  readonly ran: readonly Ran[];
  readonly targets: readonly Target[];
  readonly notes: readonly string[];
};

export type Target = {
  readonly toReach: string;
  readonly got: string;
  /** undefined where what it is compared with is missing */
  readonly isReached: boolean | undefined;
};

/** At most `limit` times as long as `name` took. */
export function within(limit: number, ran: readonly Ran[], name: string): Target {
  const [ours, theirs] = [ran[0]!, ran.find((one) => one.name === name)];
  return compared({ limit, ours, theirs, name });
}

type Comparison = {
  readonly limit: number;
  readonly ours: Ran;
  readonly theirs: Ran | undefined;
  readonly name: string;
};

export function compared({ limit, ours, theirs, name }: Comparison): Target {
  const toReach = `${limit.toFixed(2)} × ${name}`;
  if (!theirs) return { toReach, got: `${name} is missing`, isReached: undefined };
  const found = ratio(wallMs(ours), wallMs(theirs));
  return { toReach, got: range(found, (value) => value.toFixed(2)), isReached: found.median <= limit };
}

/** At most so much of something. */
export function atMost(limit: number, unit: string, values: readonly (number | undefined)[]): Target {
  const toReach = `${limit} ${unit}`;
  const known = values.filter((value) => value !== undefined);
  if (known.length === 0) return { toReach, got: 'not measured', isReached: undefined };
  const found = spread(known);
  const digits = (value: number) => value.toFixed(limit < 10 ? 1 : 0);
  return { toReach, got: `${range(found, digits)} ${unit}`, isReached: found.median <= limit };
}

export function range({ median, least, most }: Spread, format: (value: number) => string): string {
  return `${format(median)} (${format(least)}–${format(most)})`;
}
