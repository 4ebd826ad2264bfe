import type { Journal } from '../journal/journal.ts';
import type { Report } from '../report/events.ts';
import type { Durability } from '../request.ts';
import type { RangesOf } from './bigs/ranges.ts';
import type { Barrier, Board } from './lanes/lanes.ts';

/** What the conductor of an engine has to know. */
export type Conducting = {
  readonly journal: Journal;
  readonly setup: { readonly retries: number; readonly dryRun: boolean };
  /** by the file's size; one that has begun keeps the ranges it has */
  readonly rangesOf: RangesOf;
  /** what a large file has begun under is found by nobody who is not told */
  readonly tellsBegun: boolean;
  /** lanes that write one file wait for each other */
  readonly apart: boolean;
  readonly board: Board;
  readonly barrier: Barrier;
  readonly durability: Durability;
  readonly maxErrors: number;
  readonly report: Report;
};
