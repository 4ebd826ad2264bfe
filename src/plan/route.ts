import type { KnownWay } from './cost.ts';
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
  /** bytes per second, where a person allows no more */
  readonly limit?: number | undefined;
  /** absent: contents are not compared */
  readonly reads?: Reads;
  /** holes are written as zeros; absent: they stay holes */
  readonly fillsHoles?: boolean;
};

/** How often both sides of a file are read to compare them, where it is moved and where it is left alone. */
export type Reads = { readonly moved: number; readonly left: number };

/** Where a run goes from and to. */
export type Ends = {
  readonly source: { readonly kind: PlaceKind };
  readonly dest: { readonly kind: PlaceKind };
  /** to and from all that is not here; 0 where everything is */
  readonly roundTripMs: number;
};

/** What a person wants of it, as far as the plan depends on that: a dry run foretells the run itself. */
export type Wishes = {
  readonly bytesPerSecond: number | undefined;
  readonly checksum: boolean;
  readonly verify: boolean;
  readonly preserve: { readonly sparse: boolean };
};

/** As the plan knows it. */
export function routeOver({ source, dest, roundTripMs }: Ends, wishes: Wishes): Route {
  const { bytesPerSecond: limit, checksum, verify, preserve } = wishes;
  const after = verify ? 1 : 0;
  const reads = { moved: after, left: after + (checksum ? 1 : 0) };
  const fillsHoles = !preserve.sparse;
  return { source: source.kind, dest: dest.kind, roundTripMs, limit, reads, fillsHoles };
}

const MiB = 1024 * 1024;
const longMs = 20;

/** A file that goes alone takes a dozen round trips: on a long line only larger ones do, where there are batches. */
export function largeBytes(route: Pick<Route, 'roundTripMs'>): number {
  return isLong(route) ? 8 * MiB : MiB;
}

/** Each stream takes a while to become fast there, and whatever waits for an answer waits long. */
export function isLong({ roundTripMs = 0 }: { readonly roundTripMs?: number | undefined }): boolean {
  return roundTripMs >= longMs;
}

/** Nothing of it leaves this machine. */
export function isHere(route: Route): boolean {
  return endsOf(route).every((kind) => kind === 'local');
}

/** Where each entry is a request to a service. */
function asksService(route: Route): boolean {
  return endsOf(route).some((kind) => kind !== 'local' && kind !== 'ssh');
}

/** The kinds of both ends. */
export function endsOf({ source, dest }: Route): readonly [PlaceKind, PlaceKind] {
  return [source, dest ?? 'local'];
}

/** What constants that nobody measured depend on. */
export function knownWay(route: Route): KnownWay {
  const { roundTripMs } = route;
  return { roundTripMs, bytesPerSecond: bytesPerSecondOf(route), asksService: asksService(route) };
}

/** What the slowest line of it bears on several connections; undefined where none was measured. */
function bytesPerSecondOf({ lines }: Pick<Route, 'lines'>): number | undefined {
  const rates = (lines ?? []).map(({ severalBytesPerSecond }) => severalBytesPerSecond);
  return rates.length === 0 ? undefined : Math.min(...rates);
}
