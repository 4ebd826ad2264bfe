import type { PlaceKind } from './plan.ts';

/** The way from source to destination, as far as the plan depends on it. */
export type Route = {
  readonly source: PlaceKind;
  /** undefined where no destination was named: taken as this machine */
  readonly dest: PlaceKind | undefined;
  /** measured to the far end; 0 on one machine */
  readonly roundTripMs: number;
};

/** The kinds of both ends. */
export function endsOf({ source, dest }: Route): readonly [PlaceKind, PlaceKind] {
  return [source, dest ?? 'local'];
}
