/** An entry whose bytes or target are right already: its metadata is looked at, and put right where it is not. */
import type { At } from '../../store/local/place.ts';
import { metadataDiffers, redress } from '../../store/local/repair.ts';
import { attributedAt } from '../../store/local/xattrs.ts';
import * as c from '../../work/posix/constants.ts';
import { keepName, type Name } from '../../work/posix/dirents.ts';
import type { Stat } from '../../work/posix/stat.ts';
import type { Here } from './here.ts';

const unnamed = new Uint8Array(0);

/** Attributes are looked at only where one of the sides was changed since a run of ours compared them. */
export function keepSame(here: Here, name: Name, from: At, to: At, stat: Stat, present: Stat): void {
  const { setup, ledger } = here.lane;
  const deep = (setup.keep.xattrs || setup.keep.acls) && !here.prints.isUntouched(present);
  const bytes = deep ? keepName(name) : unnamed;
  const sides = { source: stat, dest: present, name: bytes, deep };
  const differs = metadataDiffers(from, to, sides, setup.keep, setup.holder);
  here.prints.keep();
  if (differs.length === 0) return ledger.skipped(stat.type === c.S_IFREG ? stat.size : 0);
  ledger.did('repair', () => here.path(name), 0);
  if (setup.dryRun) return;
  const carried = deep
    ? { from: attributedAt(from.dir, bytes), to: attributedAt(to.dir, here.destBytes(name)) }
    : undefined;
  ledger.lost(redress(to, stat, present, carried, setup.keep, setup.holder));
  here.wrote();
}
