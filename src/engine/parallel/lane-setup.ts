import type { RunSetup } from '../../conduct/setup.ts';
import type { Holder } from '../../store/local/probe/holder.ts';

/** A lane is opened with it once. */
export type LaneSetup = RunSetup & {
  readonly source: Uint8Array; // path of the source directory
  readonly dest: Uint8Array; // path of the destination directory
  readonly oneFileSystem: boolean;
  readonly holder: Holder;
  readonly trust: boolean; // believe what the Journal says of the destination
  readonly leftPath: string | undefined; // the Journal, when it knows what an earlier run left
  readonly shared: SharedArrayBuffer;
};
