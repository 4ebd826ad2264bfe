/**
 * What one pass over a source learned, as numbers that add up: each lane tallies its own and they are merged.
 *
 * A Profile holds counts only, never names, so it stays small whatever the tree is.
 */

/** Upper bounds in bytes of the size histogram; the last bucket holds everything larger. */
export const sizeBounds = [0, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10] as const;
const smallBytes = 10_000;
const hugeBytes = 100_000_000;

export type Profile = {
  files: number;
  directories: number;
  symlinks: number;
  specials: number;
  bytes: number;
  largest: number;
  /** files with size <= sizeBounds[i]; one more bucket for the rest */
  sizes: number[];
  /** bytes in the same buckets */
  sizeBytes: number[];
  smallFiles: number;
  hugeFiles: number;
  hugeFileBytes: number;
  depth: number;
  /** entries with more than one link, and the distinct inodes behind them where that is known */
  linkedFiles: number;
  linkGroups: number;
  /** in files with more than one link, for each of their names */
  linkedBytes: number;
  sparseFiles: number;
  /** bytes in their holes */
  holeBytes: number;
  /** files owned, by user id */
  owners: Record<number, number>;
  /**
   * entries that are new or differ from what the last run of this route left, or of which it left nothing to know them
   * by, as of files that went in ranges; undefined without a last run
   */
  changed: number | undefined;
};

export function emptyProfile(): Profile {
  return {
    files: 0,
    directories: 0,
    symlinks: 0,
    specials: 0,
    bytes: 0,
    largest: 0,
    sizes: new Array<number>(sizeBounds.length + 1).fill(0),
    sizeBytes: new Array<number>(sizeBounds.length + 1).fill(0),
    smallFiles: 0,
    hugeFiles: 0,
    hugeFileBytes: 0,
    depth: 0,
    linkedFiles: 0,
    linkGroups: 0,
    linkedBytes: 0,
    sparseFiles: 0,
    holeBytes: 0,
    owners: {},
    changed: undefined,
  };
}

/** Adds what `more` counted into `total`. */
export function mergeProfile(total: Profile, more: Profile): void {
  total.files += more.files;
  total.directories += more.directories;
  total.symlinks += more.symlinks;
  total.specials += more.specials;
  total.bytes += more.bytes;
  total.largest = Math.max(total.largest, more.largest);
  for (const [i, n] of more.sizes.entries()) total.sizes[i]! += n;
  for (const [i, n] of more.sizeBytes.entries()) total.sizeBytes[i]! += n;
  total.smallFiles += more.smallFiles;
  total.hugeFiles += more.hugeFiles;
  total.hugeFileBytes += more.hugeFileBytes;
  total.depth = Math.max(total.depth, more.depth);
  total.linkedFiles += more.linkedFiles;
  total.linkGroups += more.linkGroups;
  total.linkedBytes += more.linkedBytes;
  total.sparseFiles += more.sparseFiles;
  total.holeBytes += more.holeBytes;
  for (const [uid, n] of Object.entries(more.owners)) total.owners[+uid] = (total.owners[+uid] ?? 0) + n;
  if (more.changed !== undefined) total.changed = (total.changed ?? 0) + more.changed;
}

/** What of a file takes no room, where that is known: it is in holes, or compressed by the disk. */
export function holesIn(bytes: number, allocated: number | undefined): number {
  return Math.max(0, bytes - (allocated ?? bytes));
}

/** Counts what it has of holes. */
export function tallyHoles(profile: Profile, bytes: number, allocated: number | undefined): void {
  const holes = holesIn(bytes, allocated);
  if (holes > 0) profile.sparseFiles++;
  profile.holeBytes += holes;
}

/** Counts one regular file. */
export function tallyFile(profile: Profile, bytes: number): void {
  profile.files++;
  profile.bytes += bytes;
  if (bytes > profile.largest) profile.largest = bytes;
  if (bytes < smallBytes) profile.smallFiles++;
  if (bytes > hugeBytes) {
    profile.hugeFiles++;
    profile.hugeFileBytes += bytes;
  }
  let bucket = 0;
  while (bucket < sizeBounds.length && bytes > sizeBounds[bucket]!) bucket++;
  profile.sizes[bucket]!++;
  profile.sizeBytes[bucket]! += bytes;
}

/** Counts a name of an entry with several, besides. */
export function tallyLinked(profile: Profile, bytes: number): void {
  profile.linkedFiles++;
  profile.linkedBytes += bytes;
}
