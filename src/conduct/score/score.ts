/** What a run came to so far, counted as it happens. */
import { emptyProfile, mergeProfile, type Profile } from '../../profile/profile.ts';
import {
  type Compression,
  type DirectUse,
  emptyTally,
  type Failure,
  mergeNotices,
  mergeTally,
  type Notices,
  type Tally,
} from '../../report/events.ts';

export type Score = {
  readonly tally: Tally;
  readonly profile: Profile;
  readonly notices: Notices;
  /** how much of that was counted before it went on */
  readonly before: Readonly<Tally>;
  /** bytes of large files that were there when it took them up again, begun by it before it went on or by another run */
  begunBytes: number;
  compression: readonly Compression[];
  /** undefined: nothing was to go straight from host to host */
  direct: DirectUse | undefined;
  /** the destination has no room, or is read-only */
  full: Failure | undefined;
  /** what was written since the last good barrier may be lost */
  barrierFailed: boolean;
  /** ns since 1970: when the last good barrier began, or the run */
  goodUntil: bigint;
  /** nothing is left to do */
  isComplete: boolean;
};

/** A new score, or one that goes on from a run that was stopped. */
export function score(from?: Pick<Score, 'tally' | 'profile' | 'notices'>): Score {
  const tally = emptyTally();
  const profile = emptyProfile();
  const notices: Notices = {};
  if (from) {
    mergeTally(tally, from.tally);
    mergeProfile(profile, from.profile);
    mergeNotices(notices, from.notices);
  }
  const goodUntil = BigInt(Date.now()) * 1_000_000n;
  return {
    tally,
    profile,
    notices,
    before: { ...tally },
    begunBytes: 0,
    compression: [],
    direct: undefined,
    full: undefined,
    barrierFailed: false,
    goodUntil,
    isComplete: false,
  };
}

/** What was done since the run began, or went on. */
export function sitting({ tally, before, begunBytes }: Score): Tally {
  const done = { ...tally };
  for (const key of Object.keys(done) as (keyof Tally)[]) done[key] = Math.max(0, done[key] - before[key]);
  done.copiedBytes = Math.max(0, done.copiedBytes - begunBytes);
  done.largeBytes = Math.max(0, done.largeBytes - begunBytes);
  return done;
}
