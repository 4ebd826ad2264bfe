import type { CarryTrees } from '../../conduct/trees.ts';
import type { Rule } from '../../profile/filter.ts';
import type { Preserve } from '../../request.ts';
import type { Batches } from '../../store/batch.ts';
import type { Store } from '../../store/store.ts';

/** What every job of a run has in common. */
export type StoresSetup = {
  readonly source: Store;
  readonly dest: Store;
  /** small entries go together; undefined: each goes alone */
  readonly batches: Batches | undefined;
  /** what is new goes at once, by somebody who walks the source himself */
  readonly carryTrees: CarryTrees | undefined;
  /** one file goes to another name: its name at the destination; nothing else in the directory is ours */
  readonly single: Uint8Array | undefined;
  readonly rootIsNew: boolean; // the destination directory was made for this run, or would be
  readonly rules: readonly Rule[];
  readonly keep: Preserve;
  /** whether files may be given to other users there; undefined: it is found out */
  readonly givesAway: boolean | undefined;
  /** new files without kept modes are made as the user's umask says */
  readonly umask: number;
  readonly dryRun: boolean;
  readonly checksum: boolean;
  readonly verbose: boolean;
  readonly retries: number; // of a file that changes while it is read
  readonly durable: boolean; // what is done has to survive a power cut
  readonly tag: string; // what all names of ours at the destination begin with
  readonly ownTag: string; // and those of this run
  readonly sweep: boolean; // remove leftovers of earlier runs of this route
  readonly spared: readonly string[]; // partial files that are still wanted
  readonly suspectSince: bigint; // ns: after a power cut, what changed at the destination since is copied again
  readonly inlineBytes: number;
  readonly rangeBytes: number;
  readonly budget: { readonly entries: number; readonly bytes: number };
  readonly bytesPerSecond: number | undefined;
};
