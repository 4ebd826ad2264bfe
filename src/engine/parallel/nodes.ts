/** One symlink, FIFO, socket or device: left alone where it is the same, made where it is not. */

import { redress } from '../../store/local/metadata/dress.ts';
import { attributedAt, mayHaveAttributes } from '../../store/local/metadata/xattrs.ts';
import { makeNode, sameNode } from '../../store/local/place/node.ts';
import { type At, nameOver } from '../../store/local/place/place.ts';
import type { Target } from '../../store/local/place/target.ts';
import * as c from '../../work/posix/constants.ts';
import { keepName, type Name } from '../../work/posix/dirents.ts';
import * as libc from '../../work/posix/libc.ts';
import { Slot } from '../../work/posix/memory.ts';
import type { Stat } from '../../work/posix/stat.ts';
import type { Here } from './here.ts';
import { keepSame } from './same.ts';

const partialSlot = new Slot();

export function settleNode(here: Here, name: Name, stat: Stat): void {
  const { setup, ledger } = here.lane;
  if (stat.type !== c.S_IFLNK && !setup.keep.specials) return ledger.notice('special');
  const present = here.look(name);
  if (present === 'failed') return;
  const from = { dir: here.dir.fd, name: name.at };
  const to = { dir: here.target?.fd ?? -1, name: here.destName(name) };
  const isThere = present !== undefined && sameNode({ from, to, stat, present });
  if (isThere && keepSame(here, name, { from, to, stat, present })) return;
  if (isDevice(stat) && setup.holder.uid !== 0) return ledger.notice('special');
  const isCleared = present?.type === c.S_IFDIR;
  if (isCleared && !here.clear(name, present)) return;
  if (setup.dryRun || !here.target) return ledger.did('make', () => here.path(name), 0);
  make(here, name, { from, to, stat, mark: isCleared ? undefined : present?.mark, target: here.target });
}

type Making = {
  readonly from: At;
  readonly to: At;
  readonly stat: Stat;
  /** of what is to be replaced */
  readonly mark: string | undefined;
  readonly target: Target;
};

function isDevice({ type }: Stat): boolean {
  return type === c.S_IFBLK || type === c.S_IFCHR;
}

const unable = [c.EPERM, c.ENOSYS, c.EOPNOTSUPP, c.EINVAL];

/** Devices need rights that most have not; other kinds only a file system that can hold them. */
function cannotMake(here: Here, name: Name, stat: Stat, errno: number): void {
  const { ledger } = here.lane;
  if (here.target?.stat.isFixed) return here.failed(name, errno, 'write'); // nothing can be made in it
  if (isDevice(stat) && errno === -c.EPERM) return ledger.notice('special');
  if (!unable.includes(-errno)) return here.failed(name, errno, 'write');
  const kind = stat.type === c.S_IFLNK ? 'symlinks' : 'special files';
  const hint = 'leave it out with --exclude, or choose a destination that can';
  const message = `cannot make it: the destination holds no ${kind}`;
  ledger.failed({ path: here.path(name), kind: 'unsupported', message, hint });
}

/** Under its own name where that is free, else beside it and then over it. */
function make(here: Here, name: Name, { from, to, stat, mark, target }: Making): void {
  const { setup, ledger } = here.lane;
  const finalName = here.destBytes(name);
  const madeName = mark ? here.lane.ours.partial() : finalName;
  const madeAt = mark ? partialSlot.put(madeName) : to.name;
  let made: Stat | number = 0;
  const failed = target.change(() => {
    made = makeNode(from, stat, target.fd, madeAt);
    return typeof made === 'number' ? made : 0;
  });
  if (failed < 0) {
    if (failed !== -c.EEXIST) libc.unlinkat(to.dir, madeAt, 0); // some leave half of it
    return cannotMake(here, name, stat, failed);
  }
  const at = { dir: to.dir, name: madeAt };
  const carried =
    mayHaveAttributes(from) || mayHaveAttributes(at)
      ? { from: attributedAt(from.dir, keepName(name)), to: attributedAt(to.dir, madeName) }
      : undefined;
  const lost = redress(at, { source: stat, present: made as unknown as Stat, carried }, setup);
  const unnamed = typeof lost === 'number' ? lost : mark ? nameOver(madeName, to, mark) : 0;
  if (typeof lost === 'number' || unnamed < 0) {
    libc.unlinkat(to.dir, madeAt, 0);
    return here.failed(name, unnamed, 'write');
  }
  ledger.lost(lost);
  ledger.did('make', () => here.path(name), 0);
  here.prints.keep(lost);
}
