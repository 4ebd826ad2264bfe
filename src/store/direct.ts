/** Ranges of large files that go from one place to another without passing through here. */

import type { Range } from './body.ts';
import type { FileEntry } from './entry.ts';
import type { RelativePath } from './path.ts';

export type DirectRange = {
  readonly file: FileEntry;
  /** what is to be filled at the destination */
  readonly partial: RelativePath;
  readonly range: Range;
};

export interface Direct {
  /**
   * Sees to it that the range is there: straight, or by `here`, which takes it through this machine. Throws what `here`
   * throws, and 'changed'.
   */
  readonly put: (one: DirectRange, ways: DirectWays, signal: AbortSignal) => Promise<void>;
}

export type DirectWays = {
  readonly here: () => Promise<void>;
  /** waits until so many bytes may go straight */
  readonly pace: (bytes: number) => Promise<void>;
  /** told of so many bytes that went straight */
  readonly moved: (bytes: number) => void;
};
