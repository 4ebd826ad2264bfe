import type { Journal } from '../journal/journal.ts';
import type { Durability } from '../request.ts';

/** What is the same for every engine that is conducted. */
export type Order = {
  readonly journal: Journal;
  readonly durability: Durability;
  readonly lanes: number | 'auto';
  readonly cores: number;
  readonly maxErrors: number;
};
