/** What a walk shows its findings to. */
import type { Name } from '../work/posix/dirents.ts';
import type { Stat } from '../work/posix/stat.ts';

export type Directory = {
  readonly path: Uint8Array;
  readonly fd: number;
  readonly stat: Stat;
  readonly fresh: boolean;
  /** entries of a slice belong to it; a whole directory counts up from 0 */
  readonly slice: number;
  /** whether this pass sees all of it, or a few names */
  readonly whole: boolean;
  /** only the directory itself, nothing in it */
  readonly alone: boolean;
  /** how many slices of it were given to others */
  given: number;
};

/** What to do with a directory that was found. */
export const descend = { no: 0, yes: 1, fresh: 2 } as const;
export type Descend = (typeof descend)[keyof typeof descend];

export interface Visitor {
  /** A directory was opened; false passes over its contents. `leave` is called only after true. */
  enter(dir: Directory): boolean;
  /** A directory in the one entered last. */
  directory(name: Name, stat: Stat): Descend;
  /** Anything else in it. */
  entry(name: Name, stat: Stat): void;
  /** Others are about to get names of it. */
  giving?(dir: Directory): void;
  leave(dir: Directory): void;
}

/** Who is told of what no visitor is shown. */
export interface Unseen {
  /** It could not be opened, listed or looked at. */
  failed(path: Uint8Array, errno: number): void;
  /** It was passed over on purpose. */
  passed(why: 'excluded' | 'mount'): void;
}
