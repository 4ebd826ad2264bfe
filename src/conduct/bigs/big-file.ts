import { join } from '../../work/posix/path.ts';

/** A file large enough to be copied by ranges. */
export type BigFile = {
  readonly dir: Uint8Array;
  readonly name: Uint8Array; // with its NUL, packed as a single name
  readonly bytes: number;
  readonly print: string; // what the source looked like: the copy is good only for this
  readonly partial: string; // name of ours it grows under; '' before it has begun
  readonly sparse: boolean;
  /** goes in one piece, however long it is: only what changed in it is sent */
  readonly whole?: true;
  /** how long its ranges are, all but the last one, since it was taken up */
  readonly rangeBytes?: number;
  readonly over: string; // the mark of what has its name at the destination, to be replaced; '' nothing
};

/** Where it is, from its place on. */
export function bigPath(file: BigFile): Uint8Array {
  return join(file.dir, bigName(file));
}

/** Its name, which is packed for those who walk to it. */
export function bigName({ name }: BigFile): Uint8Array {
  return name.subarray(0, -1);
}
