/** What there is to do of a tree, by the ways it may go. */
import type { Work } from './cost.ts';
import { type Counts, entriesOf } from './counts.ts';
import { endsOf, isHere, isLong, type Reads, type Route } from './route.ts';

export type Share = { readonly files: number; readonly bytes: number };

export const nothing: Share = { files: 0, bytes: 0 };

export type Todo = {
  /** entries of any kind, which may go together */
  readonly small: Share;
  /** files that go alone */
  readonly large: Share;
  /** files of which only what changed goes; undefined where nobody knows which those are */
  readonly changed: Share | undefined;
  /** entries there is nothing to do for */
  readonly left: Share;
  /** directories among the small ones */
  readonly made: number;
  /** bytes of what goes, in holes; absent: none */
  readonly holes?: number;
};

/** What a run did, or would do. */
export type Doings = {
  readonly copied: number;
  readonly copiedBytes: number;
  readonly updated: number; // of these, what is there in another state
  readonly updatedBytes: number;
  readonly large: number; // and files that go alone
  readonly largeBytes: number;
  readonly deltas: number; // and of those, the ones of which only what changed goes
  readonly deltaBytes: number;
  readonly holeBytes: number; // of what was copied whole
  readonly skipped: number;
  readonly skippedBytes: number;
  readonly repaired: number;
  readonly linked: number;
  readonly made: number;
};

/** As both ends were seen. */
export function todoOf(doings: Doings): Todo {
  const { copied, copiedBytes, deltas, deltaBytes, made } = doings;
  const large = {
    files: Math.max(0, doings.large - deltas),
    bytes: Math.max(0, doings.largeBytes - deltaBytes),
  };
  const entries = copied + doings.linked + made + doings.repaired;
  return {
    small: { files: entries - large.files - deltas, bytes: copiedBytes - large.bytes - deltaBytes },
    large,
    changed: { files: deltas, bytes: deltaBytes },
    left: { files: doings.skipped, bytes: doings.skippedBytes },
    made,
    holes: doings.holeBytes,
  };
}

/** As the source alone was seen, and what changed in it: that is taken to be as large as the rest, and files. */
export function todoFrom(counts: Counts, route: Route): Todo {
  const entries = entriesOf(counts);
  const { changed = entries } = counts;
  const share = changed / Math.max(1, entries);
  const alone = aloneIn(counts, route);
  const large = { files: Math.round(alone.files * share), bytes: Math.round(alone.bytes * share) };
  const bytes = Math.round(counts.bytes * share);
  return {
    small: { files: changed - large.files, bytes: bytes - large.bytes },
    large,
    changed: undefined,
    left: { files: entries - changed, bytes: counts.bytes - bytes },
    made: counts.changed === undefined ? counts.directories : 0,
    holes: Math.round((counts.holeBytes ?? 0) * share),
  };
}

/** Buckets of sizes, those up to 1 or to 10 MB, whose files do not go alone. */
const buckets = { near: 5, long: 6 } as const;

function aloneIn({ sizes = [], sizeBytes = [] }: Counts, route: Route): Share {
  const from = buckets[isLong(route) ? 'long' : 'near'];
  const add = (numbers: readonly number[]) => numbers.slice(from).reduce((sum, one) => sum + one, 0);
  return { files: add(sizes), bytes: add(sizeBytes) };
}

/**
 * A directory on one machine is opened on both sides, filled out of sight and shown: it takes as long as six files of
 * 6 KB. Over a network it is one entry of many.
 */
const directoryAsFiles = 6;

const never: Reads = { moved: 0, left: 0 };

/** Nobody but this machine tells of holes, and only disks are given some. */
function staysHollow(route: Route): boolean {
  const [source, dest] = endsOf(route);
  return source === 'local' && (dest === 'ssh' || dest === 'local') && !route.fillsHoles;
}

/** All of it. */
export function workOn({ small, large, changed = nothing, left, made, holes = 0 }: Todo, route: Route): Work {
  const moved = small.files + large.files + changed.files;
  const bytes = small.bytes + large.bytes;
  const { reads = never } = route;
  const spared = staysHollow(route) ? Math.min(holes, bytes) : 0;
  return {
    files: moved + (isHere(route) ? made * (directoryAsFiles - 1) : 0),
    bytes,
    holes: spared,
    compared: changed.bytes + reads.moved * (bytes - spared + changed.bytes) + reads.left * left.bytes,
    skipped: left.files,
    roundTripMs: route.roundTripMs,
  };
}
