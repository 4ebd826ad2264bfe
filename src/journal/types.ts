/** What the rest of the program tells the Journal and asks of it; SQL never leaves this folder. */

import type { Profile } from '../profile/profile.ts';
import type { Failure, Foreseen, Notices, Tally } from '../report/events.ts';

/** A unit of work as it is kept: what is left to do, self-contained and safe to do twice. */
export type PartRow = {
  readonly id: number; // unique within the run, given by the engine
  readonly kind: 'tree' | 'names' | 'big' | 'links';
  readonly dir: Uint8Array; // path of the directory relative to the source root, '' for the root
  readonly names: Uint8Array; // names in it, each followed by a NUL
  readonly detail: string; // JSON, the engine's own
  readonly ranges: Uint8Array | null; // one bit for each range of a large file that is durable at the destination
};

/** Which file it is, whatever its name. */
export type LinkKey = { readonly device: bigint; readonly inode: bigint };

export type LinkName = { readonly dir: Uint8Array; readonly name: Uint8Array };

/** One name of an entry with more than one, to be linked when all names are known. */
export type LinkRow = LinkKey & LinkName;

/** All names that were told for one inode. */
export type LinkGroup = LinkKey & { readonly names: readonly LinkName[] };

/** What was left at the destination in one directory (or one slice of a very large one): packed fingerprints. */
export type LeftRow = {
  readonly dir: bigint; // signed 64-bit hash of the directory's path
  readonly slice: number;
  readonly stamp: bigint; // destination clock, ns since 1970, when this was true
  readonly prints: Uint8Array;
};

/**
 * One transaction: everything in it became durable at the destination before it is told here. What is done or
 * gone is forgotten first, so a Part that is in `done` and in `added` is told anew.
 */
export type Commit = {
  readonly done: readonly number[]; // ids of parts to forget
  readonly added: readonly PartRow[];
  readonly ranges: readonly { readonly id: number; readonly ranges: Uint8Array }[];
  readonly links: readonly LinkRow[];
  /** inodes whose names are all at the destination, to be forgotten */
  readonly linksDone: readonly LinkKey[];
  readonly left: readonly LeftRow[];
  /** directories whose slices from this number on are gone */
  readonly leftEnd: readonly { readonly dir: bigint; readonly slices: number }[];
  readonly failures: readonly Failure[];
  /** of the whole run so far, not since the last commit */
  readonly tally: Tally;
  readonly profile: Profile;
  readonly notices: Notices;
  readonly walkEnded: boolean;
};

export type RunState = 'running' | 'done' | 'partial' | 'stopped' | 'failed' | 'different';

export type RunRow = {
  readonly id: string;
  readonly source: string;
  readonly dest: string;
  readonly state: RunState; // a 'running' run whose process is gone is read as 'stopped'
  readonly startedMs: number;
  readonly endedMs: number | undefined;
  readonly bootId: string; // of the machine when the run last started or resumed
  readonly settings: string; // JSON, what the cli asked for
  readonly tally: Tally;
  readonly profile: Profile;
  readonly notices: Notices;
  readonly walkEnded: boolean;
  readonly failures: number; // how many were told, of which a limited number is kept
  readonly predictedMs: number | undefined;
  readonly elapsedMs: number | undefined;
  readonly whyOff: string | undefined; // why the two differ
  readonly expected: Foreseen | undefined;
};

/** How a run ended, or stopped for now. */
export type RunEnd = {
  readonly state: Exclude<RunState, 'running'>;
  readonly tally: Tally;
  readonly profile: Profile;
  readonly notices: Notices;
  readonly predictedMs: number | undefined;
  readonly elapsedMs: number;
  readonly whyOff: string | undefined;
  readonly expected: Foreseen | undefined;
};

/**
 * Since when the destination may hold what no finished run has seen to: unfinished files, and bytes that are not on
 * its disk yet.
 */
export type Unsettled = {
  readonly sinceMs: number; // by the destination's clock, as the others
  /** what changed later is on the disk once the last run went through; undefined: a barrier of it failed */
  readonly untilMs: number | undefined;
  /** the last run did not get to its end, or is not there yet */
  readonly isOpen: boolean;
  readonly bootId: string; // of the machine that the destination is on, when a run last began or went on
  /** a barrier failed, or the machine was started again: what was written since may be lost, however it looks */
  readonly isDoubtful: boolean;
  /** which entries it may be about, and which directory the destination was; what that means is the caller's */
  readonly scope: string;
  readonly place: string;
};

/** The measured constants of one engine's cost, as the planner made them. */
export type { Cost as CostRow } from '../plan/cost.ts';
