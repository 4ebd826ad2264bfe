import type { Topic } from '../../../report/events.ts';
import type { Preserve } from '../../../request.ts';
import type { Carry } from '../../../store/batch.ts';
import { setIds } from '../../../store/entry.ts';
import type { Stat } from '../../../work/posix/stat.ts';
import type { BatchHow } from '../far-place.ts';
import type { FarTools } from './probe.ts';

/** Who owns all that a batch brings; undefined where each owner keeps his, or none is asked for. */
export type Taker = { readonly uid: number; readonly gid: number } | undefined;

export function takerOn({ uid, gid }: FarTools, { owner }: Pick<Preserve, 'owner'>): Taker {
  return uid === 0 || !owner ? undefined : { uid, gid };
}

export type ModeHow = {
  readonly keep: Pick<Preserve, 'mode'>;
  /** for modes that are not kept */
  readonly umask: number;
  /** absent: as undefined */
  readonly taker?: Taker;
};

type Owned = Pick<Stat, 'mode' | 'uid' | 'gid'>;

/** The mode of an entry there: where modes are not kept, that of a new one. */
export function modeThere({ keep, taker, umask }: ModeHow, entry: Owned, isFile: boolean): number {
  if (!keep.mode) return entry.mode & 0o777 & ~umask;
  return isFile ? modeFor(taker, entry) : entry.mode;
}

/** What was to run as its owner does not run as another. */
function modeFor(taker: Taker, file: Owned): number {
  return taker && isOther(file, taker) ? file.mode & ~setIds : file.mode;
}

function isOther(owner: { readonly uid: number; readonly gid: number }, { uid, gid }: NonNullable<Taker>) {
  return owner.uid !== uid || owner.gid !== gid;
}

/** What a user without rights could not keep there: with its owner a file loses what makes it run as him. */
export function lostOn(
  tools: FarTools,
  arrived: readonly Carry[],
  { keep }: BatchHow,
): Partial<Record<Topic, number>> {
  const taker = takerOn(tools, keep);
  if (!taker) return {};
  const others = arrived.filter(({ entry: { owner } }) => owner && isOther(owner, taker));
  return { owner: others.length };
}
