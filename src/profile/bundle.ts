/** Names in one directory, still to do: directories to walk with all below them, or single entries. */
export type Bundle = {
  readonly dir: Uint8Array;
  readonly names: Uint8Array; // packed, each with its NUL
  readonly what: 'trees' | 'entries';
  /** a byte for each tree: 1 where the visitor said that nothing is at the destination yet */
  readonly fresh: Uint8Array | undefined;
  /** entries only: which slice of a very large directory this is; that of no other, whoever divides it */
  readonly slice: number;
  /** how many beside these were walked before, of a directory that was left in the middle; absent: nobody counted */
  readonly walked?: number;
};

const halvings = 1024; // a slice has hardly more names

/** Where the numbers of a slice, and of the parts that it is divided into, begin. */
export function firstOf(slices: number): number {
  return slices * halvings;
}

/** The number of the next slice after so many: in the middle of those that its parts may have. */
export function sliceAfter(slices: number): number {
  return firstOf(slices) + halvings / 2;
}

/** The numbers of its halves; its own where there is no room for more. */
export function halvesOf(slice: number): readonly [number, number] {
  const within = slice % halvings;
  const step = (within & -within) >> 1;
  return [slice - step, slice + step];
}
