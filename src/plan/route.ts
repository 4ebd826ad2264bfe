import type { PlaceKind } from './plan.ts';

/** What the line to a host bears and what that host has, where it was measured. */
export type Line = {
  readonly end: 'source' | 'dest';
  /** on one connection */
  readonly bytesPerSecond: number;
  readonly connections: number;
  /** on so many at once */
  readonly severalBytesPerSecond: number;
  readonly cpus: number;
  readonly tools: readonly string[];
};

/** The way from source to destination, as far as the plan depends on it. */
export type Route = {
  readonly source: PlaceKind;
  /** undefined where no destination was named: taken as this machine */
  readonly dest: PlaceKind | undefined;
  /** measured to the far end; 0 on one machine */
  readonly roundTripMs: number;
  /** absent: not measured */
  readonly lines?: readonly Line[];
  /** of this machine */
  readonly cpus?: number;
};

/** The kinds of both ends. */
export function endsOf({ source, dest }: Route): readonly [PlaceKind, PlaceKind] {
  return [source, dest ?? 'local'];
}

/** What the slowest line of it bears on several connections; undefined where none was measured. */
export function bytesPerSecondOf({ lines }: Pick<Route, 'lines'>): number | undefined {
  const rates = (lines ?? []).map(({ severalBytesPerSecond }) => severalBytesPerSecond);
  return rates.length === 0 ? undefined : Math.min(...rates);
}
