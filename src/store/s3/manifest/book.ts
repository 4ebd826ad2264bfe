/**
 * What a manifest holds, as rows by path that need not be in memory. They are in a file of no name, until the first
 * change to them makes them last: what a run that was killed had to say then is there for the next one.
 */

/** A line of the manifest, with the path that it is about, and of a link that of the object it leads to. */
export type Row = {
  readonly path: Uint8Array;
  readonly target: Uint8Array | undefined;
  readonly line: string;
};

export type Rows = Disposable & {
  readonly find: (path: Uint8Array) => Row | undefined;
  /** Some of the rows of a directory, by path, after this one. */
  readonly inside: (dir: Uint8Array, after: Uint8Array, most: number) => readonly Row[];
  /** Some of those that lead there, in the same way. */
  readonly leadingTo: (target: Uint8Array, after: Uint8Array, most: number) => readonly Row[];
  readonly lastLeadingTo: (target: Uint8Array) => Row | undefined;
  /** All, by path. */
  readonly all: () => Iterable<Row>;
  readonly put: (row: Row) => void;
  /** The same, but where there is one of its path already, that stays. */
  readonly add: (row: Row) => void;
  readonly drop: (path: Uint8Array) => void;
  readonly clear: () => void;
  /** Keeps all that is told meanwhile, as durably as these rows are, or nothing of it. */
  readonly atOnce: (tell: () => void) => void;
  /** What is told from now on is kept when it ends. */
  readonly begin: () => void;
  readonly end: () => void;
};

/** Rows that outlast the process, about a manifest in this state. */
export type LastingRows = Rows & { readonly base: string };

export type Book = {
  readonly open: () => Rows;
  /** What was left of a place. Throws 'locked' where another run has it open. */
  readonly left: (place: string) => LastingRows | undefined;
  /** A lasting copy. Throws 'locked' as well. Absent: nothing is to be changed. */
  readonly keep?: (rows: Rows, place: string, base: string) => LastingRows;
  /** Nobody needs what lasts of a place any more but who has it open. */
  readonly forget: (place: string) => void;
};
