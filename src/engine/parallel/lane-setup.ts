import type { Rule } from '../../profile/filter.ts';
import type { Preserve } from '../../request.ts';
import type { Holder } from '../../store/local/holder.ts';

/** What every job of a run has in common; a lane is opened with it once. */
export type LaneSetup = {
  readonly source: Uint8Array; // path of the source directory
  readonly dest: Uint8Array; // path of the destination directory
  /** one file goes to another name: its name at the destination; nothing else in the directory is ours */
  readonly single: Uint8Array | undefined;
  readonly rootIsNew: boolean; // the destination directory was made for this run
  readonly rules: readonly Rule[];
  readonly oneFileSystem: boolean;
  readonly keep: Preserve;
  readonly holder: Holder;
  readonly dryRun: boolean;
  readonly checksum: boolean;
  readonly trust: boolean; // believe what the Journal says of the destination
  readonly verbose: boolean;
  readonly retries: number;
  readonly leftPath: string | undefined; // the Journal, when it knows what an earlier run left
  readonly tag: string; // what all names of ours at the destination begin with
  readonly ownTag: string; // and those of this run
  readonly sweep: boolean; // remove leftovers of earlier runs of this route
  readonly spared: readonly string[]; // partial files that are still wanted
  readonly suspectSince: bigint; // ns: after a power cut, what changed at the destination since is copied again
  readonly inlineBytes: number;
  readonly rangeBytes: number;
  readonly budget: { readonly entries: number; readonly bytes: number };
  readonly bytesPerSecond: number | undefined;
  readonly shared: SharedArrayBuffer;
};
