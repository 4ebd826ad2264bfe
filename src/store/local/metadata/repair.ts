/** What differs in the metadata of something that is otherwise as it should be. */
import type { Stat } from '../../../work/posix/stat.ts';
import type { KeepHow } from '../probe/holder.ts';
import { type Lost, sameMode, sameOwner, sameTime } from './metadata.ts';
import { type Attributed, attributesDiffer } from './xattrs.ts';

/** What metadata may differ in, by the names `verify` uses. */
export type Aspect = 'time' | 'mode' | 'owner' | 'xattr' | 'acl';

/** Whether some of what differs could be put right. */
export function isRepaired(differs: readonly Aspect[], lost: Lost): boolean {
  return differs.some((aspect) => lost[aspect === 'time' ? 'times' : aspect] === 0);
}

/** Both sides of an entry; with `carried` attributes are looked at, too, where it says that one of them may have any. */
type Sides = {
  readonly source: Stat;
  readonly dest: Stat;
  readonly carried: (() => Carried | undefined) | undefined;
};

/** Where an entry's attributes come from and go to. */
export type Carried = { readonly from: Attributed; readonly to: Attributed };

/** What differs; empty when nothing does. */
export function metadataDiffers({ source, dest, carried }: Sides, how: KeepHow): Aspect[] {
  const { keep, holder } = how;
  const differs: Aspect[] = [];
  if (keep.times && !sameTime(source, dest, holder)) differs.push('time');
  if (!sameMode(source, dest, how)) differs.push('mode');
  if (!sameOwner(source, dest, how)) differs.push('owner');
  const sides = carried?.();
  return sides ? [...differs, ...attributesDiffer(sides.from, sides.to, keep)] : differs;
}
