/** An entry whose bytes or target are right already: its metadata is looked at, and put right where it is not. */

import { lostAnyway } from '../../store/local/metadata.ts';
import type { At } from '../../store/local/place.ts';
import { type Aspect, isRepaired, metadataDiffers, redress } from '../../store/local/repair.ts';
import { attributedAt } from '../../store/local/xattrs.ts';
import * as c from '../../work/posix/constants.ts';
import { keepName, type Name } from '../../work/posix/dirents.ts';
import type { Stat } from '../../work/posix/stat.ts';
import type { Here } from './here.ts';

const unnamed = new Uint8Array(0);

function isAttribute(aspect: Aspect): boolean {
  return aspect === 'xattr' || aspect === 'acl';
}

/**
 * Attributes are looked at only where one of the sides was changed since a run of ours compared them, or contents are to be
 * compared, whatever is known.
 */
export function keepSame(here: Here, name: Name, from: At, to: At, stat: Stat, present: Stat): void {
  const { setup, ledger } = here.lane;
  const areKept = setup.keep.xattrs || setup.keep.acls;
  const deep = areKept && (!here.prints.isUntouched(present) || setup.checksum);
  const bytes = deep ? keepName(name) : unnamed;
  const sides = { source: stat, dest: present, name: bytes, deep };
  const differs = metadataDiffers(from, to, sides, setup.keep, setup.holder);
  const size = stat.type === c.S_IFREG ? stat.size : 0;
  if (differs.length === 0) {
    here.prints.keep();
    ledger.lost(lostAnyway(stat, present, setup.keep, setup.holder));
    return ledger.skipped(size);
  }
  if (setup.dryRun && here.prints.isLess && differs.every(isAttribute)) return ledger.skipped(size);
  if (setup.dryRun) return ledger.did('repair', () => here.path(name), 0);
  const carried = deep
    ? { from: attributedAt(from.dir, bytes), to: attributedAt(to.dir, here.destBytes(name)) }
    : undefined;
  const keep = { ...setup.keep, times: setup.keep.times && differs.includes('time') };
  const lost = redress(to, stat, present, carried, keep, setup.holder);
  if (typeof lost === 'number') return here.lane.failed(() => here.path(name), lost, 'set metadata of');
  here.prints.keep(lost);
  ledger.lost(lost);
  if (!isRepaired(differs, lost)) return ledger.skipped(size);
  ledger.did('repair', () => here.path(name), 0);
  here.wrote();
}
