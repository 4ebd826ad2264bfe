import type { Work } from './cost.ts';
import { isHere, type Route } from './route.ts';

/** What the plan reads of a Profile. */
export type Counts = {
  readonly files: number;
  readonly directories: number;
  readonly symlinks: number;
  readonly specials: number;
  readonly bytes: number;
  readonly smallFiles: number; // below 10 KB
  readonly hugeFileBytes: number; // in files above 100 MB
  /** files by size, and their bytes: up to 0, 1 KB, 10 KB and so on; absent where nobody counted them so */
  readonly sizes?: readonly number[];
  readonly sizeBytes?: readonly number[];
  readonly changed: number | undefined; // entries; undefined without a last run
};

/** All entries of a tree, of whatever kind. */
export function entriesOf({ files, directories, symlinks, specials }: Counts): number {
  return files + directories + symlinks + specials;
}

/**
 * The work of a transfer of this tree: all of it, or what changed since the last run. Entries that changed are
 * taken to be as large as the others, and to be files.
 */
export function workOf(counts: Counts, route: Route): Work {
  const { roundTripMs } = route;
  const entries = entriesOf(counts);
  const { changed, directories, bytes } = counts;
  if (changed === undefined)
    return { files: entries + stepsOf(directories, route), bytes, skipped: 0, roundTripMs };
  const share = entries === 0 ? 0 : changed / entries;
  return { files: changed, bytes: bytes * share, skipped: entries - changed, roundTripMs };
}

/**
 * A directory on one machine is opened on both sides, filled out of sight and shown: it takes as long as six files of
 * 6 KB. Over a network it is one entry of many.
 */
const directoryAsFiles = 6;

/** What directories that are made take beyond what as many files do, in files. */
export function stepsOf(directories: number, route: Route): number {
  return isHere(route) ? directories * (directoryAsFiles - 1) : 0;
}
