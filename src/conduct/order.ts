import type { Control } from '../control.ts';
import type { Journal } from '../journal/journal.ts';
import type { Report } from '../report/events.ts';
import type { Durability } from '../request.ts';
import type { Score } from './score/score.ts';

/** What is the same for every engine that is conducted. */
export type Order = {
  readonly journal: Journal;
  readonly durability: Durability;
  readonly lanes: number | 'auto';
  readonly cores: number;
  readonly maxErrors: number;
};

/** What a run adds to, tells, and is told. */
export type Telling = {
  readonly score: Score;
  readonly report: Report;
  readonly control: Control;
};
