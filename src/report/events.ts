/**
 * What happened, as a union. A reporter is a function of events; nothing else prints while a run goes on.
 *
 * Paths are bytes, relative to the source root; a reporter escapes them for whom it writes to.
 */
import type { Kind } from '../errors.ts';
import type { Plan } from '../plan/plan.ts';
import type { Profile } from '../profile/profile.ts';

/** What was done, or in a dry run would be done, to one entry. */
export type Action = 'copy' | 'update' | 'link' | 'make' | 'repair';

/** What could not be kept, or was passed over: said once per topic, with a count. */
export type Topic =
  | 'owner' // no right to give files away
  | 'mode'
  | 'times'
  | 'xattr'
  | 'acl'
  | 'hardlink' // the destination has none, or not so many of one file: copied
  | 'special' // devices without the right to make them
  | 'sparse'
  | 'mount' // another file system under --one-file-system
  | 'excluded'
  | 'directory' // the destination has none without files
  | 'clock' // the destination's times are coarser
  | 'delta'; // only what changed in it was sent

export type Tally = {
  copied: number;
  copiedBytes: number;
  updated: number; // of these, what was there in another state
  updatedBytes: number;
  large: number; // and files that go alone, in ranges or by what changed in them
  largeBytes: number;
  deltas: number; // of those, the ones of which only what changed was sent
  deltaBytes: number;
  holeBytes: number; // of what was copied, but by what changed in it, where the source has holes
  skipped: number;
  skippedBytes: number;
  repaired: number;
  linked: number;
  made: number; // directories, symlinks and specials made
  failed: number;
  refused: number;
};

export type Progress = {
  readonly bytes: number;
  readonly files: number; // entries handled, moved or skipped
  readonly totalBytes: number; // found by the walk so far
  readonly totalFiles: number;
  readonly walkEnded: boolean;
  /** how many entries there were the last time; absent: nobody knows */
  readonly expectedFiles?: number;
  readonly lanes: number;
  readonly elapsedMs: number;
  /** what of it was there before, in a run that goes on or takes up what another one began */
  readonly before?: { readonly bytes: number; readonly files: number };
};

export type Failure = {
  readonly path: Uint8Array;
  readonly kind: Kind;
  readonly message: string; // 'cannot read: permission denied'
  readonly hint: string | undefined;
};

export type Difference = {
  readonly path: Uint8Array;
  /** what differs: missing, extra, type, size, time, mode, owner, target, device, xattr, acl, links, content */
  readonly what: readonly string[];
};

/** What batches to or from a host were compressed with. */
export type Compression = {
  /** whose host it is */
  readonly end: 'source' | 'dest';
  readonly program: 'none' | 'gzip' | 'zstd';
  /** why it was used, or not */
  readonly reason: string;
  /** what was compressed, and what that came to */
  readonly bytes: number;
  readonly sentBytes: number;
};

/** What went from host to host without passing through this machine, where that was allowed. */
export type DirectUse = {
  readonly bytes: number;
  /** why so much, or so little */
  readonly reason: string;
};

/** What a look at both trees found. */
export type Verified = {
  readonly compared: number; // entries
  readonly bytes: number; // whose contents were compared
  readonly differences: number;
  readonly failed: number; // could not be compared, and are named
};

/** What was known of a run before it looked: how long, and how many entries and bytes there would be to move. */
export type Foreseen = { readonly ms: number; readonly entries: number; readonly bytes: number };

/** Large files that are not complete, and how much of them is there. */
export type BegunFiles = { readonly files: number; readonly bytes: number; readonly ofBytes: number };

export type Summary = {
  readonly run: string;
  readonly outcome: 'done' | 'partial' | 'stopped' | 'failed' | 'different';
  readonly exitCode: number;
  readonly dryRun: boolean;
  readonly tally: Tally;
  /** what the checkpoint store knows of it, and `runs` shows, of a run that has something left to do; else undefined */
  readonly keptTally: Tally | undefined;
  /** of such a run, what is there of large files that it goes on with; undefined: nothing */
  readonly begun: BegunFiles | undefined;
  /** of the bytes copied, those that moved in `elapsedMs`: since it began, or went on */
  readonly movedBytes: number;
  /** what was found when the trees were compared afterwards; undefined: they were not */
  readonly verified: Verified | undefined;
  readonly notices: Notices;
  readonly profile: Profile;
  /** of each host that batches went to or came from; none where there was none */
  readonly compression: readonly Compression[];
  /** undefined where it was not asked for, or nothing moves */
  readonly direct: DirectUse | undefined;
  readonly elapsedMs: number;
  readonly predictedMs: number | undefined;
  /** why it took another time than that */
  readonly whyOff: string | undefined;
  /** what was known before it looked; undefined: nothing */
  readonly expected: Foreseen | undefined;
  /** time the checkpoint store took, for those who measure it */
  readonly journalMs: number;
  readonly resumeWith: string | undefined; // the command that continues, when there is something to continue
  readonly retryWith: string | undefined; // the command that tries again what failed, of a run that went through
  readonly showWith: string | undefined; // the command that says all about it, unless it was a dry run
};

export type Event =
  | {
      readonly type: 'started';
      readonly run: string;
      readonly source: string;
      readonly dest: string;
      readonly dryRun: boolean;
      readonly resumed: boolean;
    }
  | { readonly type: 'planned'; readonly plan: Plan }
  | { readonly type: 'progress'; readonly progress: Progress }
  | { readonly type: 'entry'; readonly action: Action; readonly path: Uint8Array; readonly bytes: number }
  | { readonly type: 'failed'; readonly failure: Failure }
  | { readonly type: 'difference'; readonly difference: Difference }
  /** the trees were compared, outside of a transfer */
  | ({ readonly type: 'verified'; readonly elapsedMs: number } & Verified)
  /** the person asked how far it is: shown whatever else is silent */
  | { readonly type: 'status'; readonly progress: Progress }
  | { readonly type: 'warning'; readonly message: string; readonly hint: string | undefined }
  | { readonly type: 'stopping'; readonly signal: string }
  | { readonly type: 'finished'; readonly summary: Summary };

export type Report = (event: Event) => void;

export function emptyTally(): Tally {
  return {
    copied: 0,
    copiedBytes: 0,
    updated: 0,
    updatedBytes: 0,
    large: 0,
    largeBytes: 0,
    deltas: 0,
    deltaBytes: 0,
    holeBytes: 0,
    skipped: 0,
    skippedBytes: 0,
    repaired: 0,
    linked: 0,
    made: 0,
    failed: 0,
    refused: 0,
  };
}

/** How many entries there were with something that was not kept, or was passed over. */
export type Notices = Partial<Record<Topic, number>>;

export function mergeNotices(total: Notices, more: Notices): void {
  for (const [topic, count] of Object.entries(more) as [Topic, number][])
    total[topic] = (total[topic] ?? 0) + count;
}

/** Adds what `more` counted into `total`. */
export function mergeTally(total: Tally, more: Tally): void {
  for (const key of Object.keys(total) as (keyof Tally)[]) total[key] += more[key];
}
