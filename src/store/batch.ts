/**
 * Small entries that go from one place to another together, for less than each would cost alone.
 */
import type { Topic } from '../report/events.ts';
import type { Preserve } from '../request.ts';
import type { Entry } from './entry.ts';
import type { RelativePath } from './path.ts';

/** An entry as the source has it, and what has its name at the destination and may be replaced. */
export type Carry = { readonly entry: Entry; readonly replaces: Entry | undefined };

export type Load = {
  readonly entries: readonly Carry[];
  /** directories that are there, or among the entries, and are to look like those of the source */
  readonly dirs: readonly RelativePath[];
  /** as far as is known nothing follows it: where the place would be asked to sync then, it does so with it */
  readonly isLast: boolean;
};

export type Carried = {
  /** what did not get its name, for whatever reason: whoever wants to know why tries it alone */
  readonly left: ReadonlySet<Carry>;
  /** of those, what is in a directory that went elsewhere: nobody tries it again. Absent: none. */
  readonly refused?: ReadonlySet<Carry>;
  /** Whether a directory that something was put into looks like that of the source again. */
  readonly isDressed: (dir: RelativePath) => boolean;
  /** all of it survives a power cut; absent: when the place was synced */
  readonly isDurable?: boolean;
  /** what could not be kept of those that arrived */
  readonly lost: Readonly<Partial<Record<Topic, number>>>;
};

export interface Batches {
  /** Whether an entry can go so, to where `replaced` may be; every directory can. */
  readonly takes: (entry: Entry, replaced?: Entry) => boolean;

  /** Whether a directory then looks as it should, as far as the destination tells. */
  readonly settles: (directory: Entry) => boolean;

  /** Whether an entry arrives with neither owner nor time, which are for others to give it then. Absent: none does. */
  readonly isBare?: (entry: Entry) => boolean;

  /**
   * Puts entries in their places, a directory before what is in it; the directories above them are there, and look like
   * those of the source afterwards, as do `dirs`. Waits for `moved` after each piece of so many bytes. Throws where
   * nothing got its name ('full', 'io', 'denied', 'missing', 'unsupported'), or nobody can be asked any more
   * ('transient'). May be done again.
   */
  readonly carry: (
    load: Load,
    moved: (bytes: number) => Promise<void>,
    signal: AbortSignal,
  ) => Promise<Carried>;

  /**
   * How much goes together, where each batch costs much of its own: nothing is shared out before. So many entries at
   * `first` go while the others are looked for. Absent: as usual.
   */
  readonly budget?: { readonly first: number; readonly entries: number; readonly bytes: number };

  /** Takes away what batches of runs before this one left at the destination. */
  readonly sweep: (signal: AbortSignal) => Promise<void>;
}

export type TakeHow = {
  /** names of ours begin so, for what is not whole yet */
  readonly ownTag: string;
  readonly keep: Preserve;
};
