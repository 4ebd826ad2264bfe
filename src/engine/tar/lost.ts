import type { Topic } from '../../report/events.ts';
import type { Carry } from '../../store/batch.ts';
import type { BatchHow } from './between.ts';
import type { FarTools } from './probe.ts';

/** What a user without rights could not keep there. */
export function lostOn(
  tools: FarTools,
  arrived: readonly Carry[],
  { keep }: BatchHow,
): Partial<Record<Topic, number>> {
  if (tools.uid === 0 || !keep.owner) return {};
  const isOther = ({ entry: { owner } }: Carry) =>
    owner !== undefined && (owner.uid !== tools.uid || owner.gid !== tools.gid);
  return { owner: arrived.filter(isOther).length };
}
