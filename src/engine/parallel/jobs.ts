/** What the engine tells a lane and what a lane answers: plain data, sent between threads. */
import type { LeftRow, LinkGroup, LinkRow } from '../../journal/types.ts';
import type { Bundle } from '../../profile/bundle.ts';
import type { Rule } from '../../profile/filter.ts';
import type { Profile } from '../../profile/profile.ts';
import type { Action, Difference, Failure, Tally, Topic } from '../../report/events.ts';
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

/** A file large enough to be copied by ranges. */
export type BigFile = {
  readonly dir: Uint8Array;
  readonly name: Uint8Array; // with its NUL, packed as a single name
  readonly bytes: number;
  readonly print: string; // what the source looked like: the copy is good only for this
  readonly partial: string; // name of ours it grows under; '' before it has begun
  readonly sparse: boolean;
  readonly over: string; // the mark of what has its name at the destination, to be replaced; '' nothing
};

export type Job =
  | {
      readonly kind: 'walk';
      readonly id: number;
      readonly bundle: Bundle;
      readonly inline: boolean;
      readonly alone: boolean; // names with several links are done here too
      readonly descend: boolean;
    }
  | {
      readonly kind: 'scan' | 'verify';
      readonly id: number;
      readonly bundle: Bundle;
      readonly descend: boolean;
    }
  | {
      readonly kind: 'links';
      readonly id: number;
      readonly groups: readonly LinkGroup[];
      readonly led: boolean; // the first name of each is in place
    }
  | { readonly kind: 'begin' | 'finish' | 'drop'; readonly id: number; readonly file: BigFile }
  | {
      readonly kind: 'range';
      readonly id: number;
      readonly file: BigFile;
      readonly offset: number;
      readonly length: number;
    };

export type Done = { readonly action: Action; readonly path: Uint8Array; readonly bytes: number };

/** One name of a file with several, on both sides: the same names have to share it. */
export type Pair = { readonly source: string; readonly dest: string; readonly path: Uint8Array };

/** What became of a job. */
export type Outcome = {
  readonly id: number;
  readonly stopped: boolean; // not finished: do it again another time
  readonly tally: Tally;
  readonly profile: Profile;
  readonly notices: Partial<Record<Topic, number>>;
  readonly failures: Failure[];
  readonly done: Done[]; // only when every entry is to be reported
  readonly rest: Bundle[];
  readonly bigs: BigFile[];
  readonly links: LinkRow[];
  readonly groups: LinkGroup[]; // whose first name is a big file: to be linked after it
  readonly left: LeftRow[];
  readonly leftEnd: { dir: bigint; slices: number }[];
  readonly devices: { device: bigint; dir: Uint8Array }[]; // file systems written to
  /** of a comparison */
  readonly differences: Difference[];
  readonly pairs: Pair[];
  /** of a big file */
  big: 'begun' | 'complete' | 'changed' | 'gone' | undefined;
};

/** A lane's message: names to share while it goes on, or the end of its job. */
export type FromLane =
  | { readonly type: 'share'; readonly parent: number; readonly bundle: Bundle }
  | { readonly type: 'outcome'; readonly outcome: Outcome };
