import type { Peer } from '../ssh/straight/line.ts';
import type { RunFar } from '../work/far-process.ts';
import type { RelativePath } from './path.ts';

/** In a lineage, what no directory is called. */
export const nobody = '-';

/** Prints where "$1" leads to by now, for `heardPlace`. */
export const sayPlace = '(cd / && cd -P "$1" 2>/dev/null && echo lineage $(stat -c %d:%i . .. 2>/dev/null))';

/** A POSIX shell on the machine of a place. */
export type Shell = {
  readonly run: RunFar;
  /** the place there, from the top; absolute also where nothing is there yet */
  readonly root: Uint8Array;
  /** another one whenever the machine was started again; undefined where it does not tell */
  readonly bootId?: string | undefined;
  /** device and inode of the place, `nobody` where nothing was there, then of each directory above it; undefined: not told */
  readonly lineage?: readonly string[] | undefined;
  /**
   * Whether the place is the directory still that it was when it was opened; of one that was not there, whether one is, where
   * it was to be. Absent: nobody tells.
   */
  readonly isStill?: (signal: AbortSignal) => Promise<boolean>;
  /** Told what `sayPlace` printed once all was on the disk, so that nobody need ask again; anything else: nothing is known. */
  readonly heardPlace?: (said: string) => void;
  /** At most what its clock shows now, in ms since 1970. Absent: it does not tell. */
  readonly clock?: () => number;
  /** what it takes to go from there to another host, or to let one in. Absent: it is no host of SSH. */
  readonly peer?: Peer;
  /** Several programs are about to move much: what takes a while to make for them is made now. Absent: nothing does. */
  readonly widen?: () => void;
  /** Programs changed something in a directory of the place, which its `sync` is to know of. Absent: it need not. */
  readonly wrote?: (dir: RelativePath) => void;
};
