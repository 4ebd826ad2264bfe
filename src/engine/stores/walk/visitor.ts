/** What a walk over a store shows its findings to. Several directories may be open at a time. */
import type { Profile } from '../../../profile/profile.ts';
import type { Descend } from '../../../profile/visitor.ts';
import type { Entry } from '../../../store/entry.ts';
import type { RelativePath } from '../../../store/path.ts';
import type { Sieve } from '../../../store/rows.ts';

export type Dir = {
  readonly path: RelativePath;
  /** as the source has it */
  readonly entry: Entry;
  /** nothing is at the destination yet */
  readonly fresh: boolean;
  /** entries of a slice belong to a very large directory; the directory itself counts up from 0 */
  readonly slice: number;
  /** whether this pass sees all of it, or a few names */
  readonly whole: boolean;
  /** only the directory itself, nothing in it */
  readonly alone: boolean;
};

/** `Here` is what the visitor keeps of a directory between `enter` and `leave`. */
export type Visitor<Here> = {
  /** Undefined passes over its contents, and `leave` is not called. */
  enter(dir: Dir): Promise<Here | undefined>;
  /** A directory in it. */
  directory(here: Here, entry: Entry): Promise<Descend>;
  /** An entry of it goes to another lane, which sees it as it was found here. */
  gives(here: Here, entry: Entry): void;
  /** What another lane found under a name that it gave away; undefined where that is not known any more. */
  found(here: Here, path: RelativePath): Entry | undefined;
  /** Whether anything else in it is as it should be, which is all that is done with it then. Absent: see `entry`. */
  passes?(here: Here, entry: Entry): boolean;
  /** The same of what the kernel says of files, where that is enough to tell; undefined: it is not. What passes is counted. */
  sieve?(here: Here, profile: Profile): Sieve | undefined;
  /** Anything else in it. */
  entry(here: Here, entry: Entry): Promise<void>;
  leave(here: Here): Promise<void>;
  /** It could not be listed or looked at. Throws what is no fault of the place. */
  failed(path: Uint8Array, error: unknown): void;
  excluded(): void;
};
