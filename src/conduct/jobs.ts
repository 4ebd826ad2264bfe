/** What the conductor tells a lane and what a lane answers: plain data, which may be sent between threads. */
import type { LeftRow, LinkGroup, LinkRow } from '../journal/types.ts';
import type { Bundle } from '../profile/bundle.ts';
import type { Profile } from '../profile/profile.ts';
import type { Action, Difference, Failure, Notices, Tally } from '../report/events.ts';
import type { BigFile } from './bigs/big-file.ts';

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
      readonly goesOn: boolean; // each that is under way is likely to be followed by another one of this file
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
  readonly notices: Notices;
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
