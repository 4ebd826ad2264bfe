/** Names in one directory, still to do: directories to walk with all below them, or single entries. */
export type Bundle = {
  readonly dir: Uint8Array;
  readonly names: Uint8Array; // packed, each with its NUL
  readonly what: 'trees' | 'entries';
  /** a byte for each tree: 1 where the visitor said that nothing is at the destination yet */
  readonly fresh: Uint8Array | undefined;
  /** entries only: which slice of a very large directory this is */
  readonly slice: number;
};
