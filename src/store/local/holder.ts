/** Who we are and what the destination can hold, found out once per run. */
import type { Probed } from './probe.ts';

export type Holder = Probed & {
  readonly uid: number;
  readonly gid: number;
  /** the groups this user may give files to; undefined: owners and groups are anybody's, as for root */
  readonly groups: readonly number[] | undefined;
  /** new files without kept modes are made as the user's umask says */
  readonly umask: number;
};
