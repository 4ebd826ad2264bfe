/** In which pieces large files go. */

export type Ranges = {
  readonly rangeBytes: number;
  /** how many bytes of ranges in a row may go as one, as long as there are many; 0: each goes by itself */
  readonly mostBytes: number;
};

export type RangesOf = (fileBytes: number) => Ranges;

/** In one piece, however large. */
export const inOne: Ranges = { rangeBytes: Number.MAX_SAFE_INTEGER, mostBytes: 0 };
