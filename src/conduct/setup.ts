import type { Rule } from '../profile/filter.ts';
import type { Preserve } from '../request.ts';

/** What every job of a run has in common, whatever lanes do it. */
export type RunSetup = {
  /** one file goes to another name: its name at the destination; nothing else in the directory is ours */
  readonly single: Uint8Array | undefined;
  readonly rootIsNew: boolean; // the destination directory was made for this run, or would be
  readonly rules: readonly Rule[];
  readonly keep: Preserve;
  readonly dryRun: boolean;
  readonly checksum: boolean;
  readonly verbose: boolean;
  readonly retries: number; // of a file that changes while it is read
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

/** Nothing is at the destination yet, nor was anything left there: it is not so when what a run wrote is doubted. */
export function isUntouched({
  rootIsNew,
  suspectSince,
}: Pick<RunSetup, 'rootIsNew' | 'suspectSince'>): boolean {
  return rootIsNew && suspectSince === 0n;
}
