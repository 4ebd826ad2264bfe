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
  /** where files have holes; absent where nobody counted that */
  readonly holeBytes?: number;
  readonly changed: number | undefined; // entries; undefined without a last run
};

/** All entries of a tree, of whatever kind. */
export function entriesOf({ files, directories, symlinks, specials }: Counts): number {
  return files + directories + symlinks + specials;
}
