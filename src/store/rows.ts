/** What is listed ahead, and as numbers, for who compares it with what the kernel says here. */
import type { Name } from '../work/posix/dirents.ts';
import type { Stat } from '../work/posix/stat.ts';
import type { Entry } from './entry.ts';

/** A name, in the memory of the moment. */
export type NameBytes = Pick<Name, 'bytes' | 'start' | 'end'>;

/** All that is in a directory, by names of which each character is a byte. */
export type Rows = {
  readonly get: (name: string) => Entry | undefined;
  readonly delete: (name: string) => void;
  readonly values: () => Iterable<Entry>;
  readonly namesWhere: (isWanted: (name: NameBytes) => boolean) => readonly string[];
  /** Whether it is as this machine says of another one: type, mode, owner, size and time, to the nanosecond. */
  readonly isLike: (name: NameBytes, stat: Stat) => boolean;
};

/** Who looks at what the kernel says of regular files, before more is made of it. */
export type Sieve = {
  /** That is all that is to be known of it: it is left out. */
  readonly passes: (name: Name, stat: Stat) => boolean;
  /** To be called when the list is whole; else nothing has passed. */
  readonly done: () => void;
};

/** Of a whole place, before somebody asks for one directory after the other. */
export type ListHow = {
  /** what cannot be read has to be known */
  readonly surely: boolean;
  /** what was seen before now does not count: something was done there since */
  readonly anew: boolean;
};
