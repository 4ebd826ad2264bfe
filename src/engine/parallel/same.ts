/** An entry whose bytes or target are right already: its metadata is looked at, and put right where it is not. */

import { redress } from '../../store/local/metadata/dress.ts';
import { lostAnyway } from '../../store/local/metadata/metadata.ts';
import { type Aspect, type Carried, isRepaired, metadataDiffers } from '../../store/local/metadata/repair.ts';
import { attributedAt, mayHaveAttributes } from '../../store/local/metadata/xattrs.ts';
import type { At, Both } from '../../store/local/place/place.ts';
import * as c from '../../work/posix/constants.ts';
import { keepName, type Name } from '../../work/posix/dirents.ts';
import type { Stat } from '../../work/posix/stat.ts';
import type { Here } from './here.ts';

/**
 * Attributes are looked at only where one of the sides was changed since a run of ours compared them, or contents are to be
 * compared, whatever is known. False: it has to be made anew, as it has names at the destination that are to stay as they are.
 */
export function keepSame(here: Here, name: Name, { from, to, stat, present }: Both): boolean {
  const { setup, ledger } = here.lane;
  const areKept = setup.keep.xattrs || setup.keep.acls;
  const deep = areKept && (!here.prints.isUntouched(present) || setup.checksum);
  const carried = deep ? () => carriedBetween(here, name, { from, to, stat }) : undefined;
  const sides = { source: stat, dest: present, carried };
  const differs = metadataDiffers(sides, setup);
  if (differs.length > 0) return putRight(here, name, { to, stat, present, differs, carried });
  here.prints.keep();
  ledger.lost(lostAnyway(stat, present, setup));
  ledger.skipped(sizeOf(stat));
  return true;
}

type Between = Pick<Both, 'from' | 'to' | 'stat'>;

/** Undefined where neither side has any attribute. */
function carriedBetween(here: Here, name: Name, { from, to, stat }: Between): Carried | undefined {
  if (isBare(here, from, stat) && !mayHaveAttributes(to)) return undefined;
  return { from: attributedAt(from.dir, keepName(name)), to: attributedAt(to.dir, here.destBytes(name)) };
}

/** What had no attribute when it was looked at, and did not change since, has none. */
function isBare({ prints, lane }: Here, from: At, stat: Stat): boolean {
  if (prints.isBare && !lane.setup.checksum) return true;
  const isBareNow = !mayHaveAttributes(from);
  prints.sawAttributes(isBareNow, stat);
  return isBareNow;
}

type Differing = {
  readonly to: At;
  readonly stat: Stat;
  readonly present: Stat;
  readonly differs: readonly Aspect[];
  /** where attributes were looked at */
  readonly carried: (() => Carried | undefined) | undefined;
};

function putRight(here: Here, name: Name, given: Differing): boolean {
  const { stat, present, differs } = given;
  const { setup, ledger } = here.lane;
  const { ownsMade } = setup.holder;
  const isLost = (aspect: Aspect) => isAttribute(aspect) && here.prints.isLess;
  const isShared = present.links > stat.links; // by what is another file at the source, or nothing of it
  if (isShared && differs.some((aspect) => !isLost(aspect) && (aspect !== 'owner' || ownsMade))) return false;
  if (!setup.dryRun) dress(here, name, given);
  else if (differs.every(isLost)) ledger.skipped(sizeOf(stat));
  else ledger.did('repair', () => here.path(name), 0);
  return true;
}

function dress(here: Here, name: Name, { to, stat, present, differs, carried }: Differing): void {
  const { setup, ledger } = here.lane;
  const keep = { ...setup.keep, times: setup.keep.times && differs.includes('time') };
  const look = { source: stat, present, carried: carried?.() };
  const lost = redress(to, look, { keep, holder: setup.holder });
  if (typeof lost === 'number') return here.lane.failed(() => here.path(name), lost, 'set metadata of');
  here.prints.keep(lost);
  ledger.lost(lost);
  if (!isRepaired(differs, lost)) return ledger.skipped(sizeOf(stat));
  ledger.did('repair', () => here.path(name), 0);
  here.wrote();
}

function isAttribute(aspect: Aspect): boolean {
  return aspect === 'xattr' || aspect === 'acl';
}

function sizeOf({ type, size }: Stat): number {
  return type === c.S_IFREG ? size : 0;
}
