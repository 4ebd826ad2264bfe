/** Metadata of something that is otherwise as it should be: compared, and put right without copying it. */
import type { Preserve } from '../../../request.ts';
import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import { Slot } from '../../../work/posix/memory.ts';
import { Stat } from '../../../work/posix/stat.ts';
import type { At } from '../place/place.ts';
import type { Holder } from '../probe/holder.ts';
import {
  carry,
  type Lost,
  lostTime,
  modeUnder,
  nothingLost,
  own,
  sameMode,
  sameOwner,
  sameTime,
  timesOf,
} from './metadata.ts';
import { type Attributed, type Attributes, attributesDiffer, mayHaveAttributes } from './xattrs.ts';

const slot = new Slot();
const opened = new Stat();

/** What metadata may differ in, by the names `verify` uses. */
export type Aspect = 'time' | 'mode' | 'owner' | 'xattr' | 'acl';

/** Whether some of what differs could be put right. */
export function isRepaired(differs: readonly Aspect[], lost: Lost): boolean {
  return differs.some((aspect) => lost[aspect === 'time' ? 'times' : aspect] === 0);
}

/** Both sides of an entry; with `carried` attributes are looked at, too. */
type Sides = {
  readonly source: Stat;
  readonly dest: Stat;
  readonly carried: (() => Carried) | undefined;
};

/** Where an entry's attributes come from and go to. */
export type Carried = { readonly from: Attributed; readonly to: Attributed };

/** What differs; empty when nothing does. */
export function metadataDiffers(
  from: At,
  to: At,
  { source, dest, carried }: Sides,
  keep: Preserve,
  holder: Holder,
): Aspect[] {
  const differs: Aspect[] = [];
  if (keep.times && !sameTime(source, dest, holder)) differs.push('time');
  if (!sameMode(source, dest, keep, holder)) differs.push('mode');
  if (!sameOwner(source, dest, keep, holder)) differs.push('owner');
  if (!carried || !(mayHaveAttributes(from) || mayHaveAttributes(to))) return differs;
  const sides = carried();
  return [...differs, ...attributesDiffer(sides.from, sides.to, keep)];
}

/**
 * Gives what has a name at the destination the source's owner, mode, attributes and times; says what was lost, or answers a
 * negative error number. Never follows a symlink.
 */
export function redress(
  to: At,
  source: Stat,
  present: Stat,
  carried: { from: Attributes; to: Attributed } | undefined,
  keep: Preserve,
  holder: Holder,
): Lost | number {
  const lost = nothingLost();
  let mode = present.mode;
  if (keep.owner && (present.uid !== source.uid || present.gid !== source.gid)) {
    const chown = (uid: number, gid: number) =>
      libc.fchownat(to.dir, to.name, uid, gid, c.AT_SYMLINK_NOFOLLOW);
    lost.owner = own(chown, source, present, holder);
    mode = -1;
  }
  const wanted = modeUnder(source, lost.owner === 0);
  if (keep.mode && source.type !== c.S_IFLNK && mode !== wanted) {
    if (!holder.holdsModes || chmod(to, wanted) < 0) lost.mode = 1;
  }
  const failed = carried ? carry(carried.from, carried.to, keep, lost) : 0;
  if (keep.times && libc.utimensat(to.dir, to.name, timesOf(source), c.AT_SYMLINK_NOFOLLOW) < 0)
    lost.times = 1;
  else if (keep.times) Object.assign(lost, lostTime(source, holder));
  return failed < 0 ? failed : lost;
}

/** chmod by name follows symlinks, so it goes through a descriptor of what was looked at. */
function chmod(to: At, mode: number): number {
  const fd = libc.openat(to.dir, to.name, c.O_PATH | c.O_NOFOLLOW | c.O_CLOEXEC, 0);
  if (fd < 0) return fd;
  opened.of(fd);
  const answer =
    opened.type === c.S_IFLNK
      ? -c.ELOOP
      : libc.fchmodat(c.AT_FDCWD, slot.put(Buffer.from(`/proc/thread-self/fd/${fd}`)), mode, 0);
  libc.close(fd);
  return answer;
}
