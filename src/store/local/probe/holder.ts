/** Who we are and what the destination can hold, found out once per run. */
import type { Preserve } from '../../../request.ts';
import { userUmask } from '../../../work/umask.ts';
import { type Probed, probe } from './probe.ts';

export type Holder = Probed & {
  readonly uid: number;
  readonly gid: number;
  /** the groups this user may give files to; undefined: owners and groups are anybody's, as for root */
  readonly groups: readonly number[] | undefined;
  /** new files without kept modes are made as the user's umask says */
  readonly umask: number;
};

/** What is to be kept of entries, and what can be at the destination. */
export type KeepHow = { readonly keep: Preserve; readonly holder: Holder };

/** This process at a place that was found to hold so much. */
export function holderOf(found: Probed, umask: number): Holder {
  const [uid, gid] = [process.geteuid!(), process.getegid!()];
  const groups = uid === 0 ? undefined : [...process.getgroups!(), gid];
  return { ...found, uid, gid, groups, umask };
}

/** This process at a directory that is there, which nothing is made in to try it. */
export function holderAt(dir: Uint8Array): Holder {
  return holderOf(probe(dir, undefined), userUmask());
}
