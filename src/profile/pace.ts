/** How far a walk goes in one piece, and what of it others should do. */
import type { Bundle } from './bundle.ts';
import type { Directory } from './visitor.ts';

/** Nothing, the names that were read already, or all names that are left of a directory. */
export type Wanted = 'nothing' | 'some' | 'rest';

/** What a walk asks while it goes on. */
export type Pace = {
  /** true: stop at once */
  stopped(): boolean;
  /** true: enough for one Part; `isInside`: the little that is left of a directory would be a Part of its own */
  spent(isInside: boolean): boolean;
  /** what of a very large directory somebody else should do */
  wanted(dir: Directory): Wanted;
  /** hands names of a very large directory to somebody else */
  share(bundle: Bundle): void;
};
