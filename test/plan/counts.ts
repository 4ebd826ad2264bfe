import { type Cost, defaultCost } from '../../src/plan/cost.ts';
import type { Counts } from '../../src/plan/counts.ts';
import type { PlaceKind } from '../../src/plan/plan.ts';
import type { Route } from '../../src/plan/route.ts';

/** A tree of nothing but what is said. */
export function countsOf(some: Partial<Counts>): Counts {
  const none = {
    files: 0,
    directories: 0,
    symlinks: 0,
    specials: 0,
    bytes: 0,
    smallFiles: 0,
    hugeFileBytes: 0,
  };
  return { ...none, changed: undefined, ...some };
}

export function routeOf(source: PlaceKind, dest: PlaceKind | undefined, roundTripMs = 0): Route {
  return { source, dest, roundTripMs };
}

export function costOf(engine: string, some: Partial<Cost> = {}): Cost {
  const times = { setupMs: 100, perFileMs: 0.01, perByteMs: 1e-6, perSkipMs: 0.002 };
  return { ...defaultCost('parallel'), engine, ...times, runs: 1, ...some };
}
