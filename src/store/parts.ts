/** What a Store promises of large files. */
import type { Body, Origin, Range } from './body.ts';
import type { Metadata, Written } from './entry.ts';
import type { RelativePath } from './path.ts';
import type { WriteHow } from './store.ts';

/**
 * A large file that arrives by ranges, in any order, several at once, over any number of opens of the place: under a
 * partial name beside its own until it is finished. All may be done again; without `sync`, what was put is durable.
 */
export type Parts = {
  /** How long each range but the last one of a file has to be. Absent: as the caller likes. */
  readonly rangeBytes?: (size: number) => number;

  /** Ranges may be as short as that, or several such in a row. Absent: each is as long as `rangeBytes` says. */
  readonly stepBytes?: (size: number) => number;

  /** Makes the partial file, `size` bytes long, over one of that name. Answers its name from now on. */
  readonly begin: (path: RelativePath, how: BeginHow, signal: AbortSignal) => Promise<RelativePath>;

  /** Whether a partial file of this size is there. Absent: `stat` tells. */
  readonly held?: (partial: RelativePath, size: number, signal: AbortSignal) => Promise<boolean>;

  /** The bytes of a range of the body, at their place in the partial file; 'missing' where that is not there. */
  readonly put: (partial: RelativePath, range: PutRange, body: Body, signal: AbortSignal) => Promise<void>;

  /** Gives it metadata and name, as `write` does. Whether all ranges arrived is for the caller to know. */
  readonly finish: (
    partial: RelativePath,
    path: RelativePath,
    how: FinishHow,
    signal: AbortSignal,
  ) => Promise<Finished>;

  /** Takes the partial file away, if it is there. */
  readonly drop: (partial: RelativePath, signal: AbortSignal) => Promise<void>;
};

/** `goesOn`: another one of the file is likely to be put right after it. */
export type PutRange = Range & { readonly goesOn?: boolean };

/** `directory`: what the one that it is in is to get after that, if it costs no time. */
export type FinishHow = Pick<WriteHow, 'metadata' | 'replaces'> & {
  readonly directory?: Metadata | undefined;
};

export type Finished = Written & {
  /** Its directory was given that. */
  readonly isSettled?: boolean;
  /**
   * Kept when its partial name is gone; where it is not, `drop` takes it away. How its directory is dressed meanwhile comes
   * after that. Absent: it is gone.
   */
  readonly tidied?: Promise<void>;
};

/** As for `write`; what may be replaced is looked at only in the end, and the metadata is what it will be then. */
export type BeginHow = Pick<WriteHow, 'metadata' | 'replaces' | 'partial'> & {
  readonly size: number;
  /** that of the body from which it will be filled */
  readonly origin: Origin | undefined;
};
