/** What most of a tree is when it is sent again: nothing is to be done, and nobody has to be asked. */
import { nameOf } from '../../store/named.ts';
import type { Entry } from '../../store/store.ts';
import { areGiven } from './attributes.ts';
import { sameTime } from './clock.ts';
import type { Here } from './here.ts';
import { differing, lostAnyway } from './same.ts';

/** Whether a file is at the destination as it should be, as far as both lists say; it is counted then. */
export function passesUnchanged(here: Here, file: Entry): boolean {
  const { lane } = here;
  const { setup, ledger } = lane;
  if (file.kind !== 'file' || !mayPass(here) || (file.linked !== undefined && setup.keep.hardlinks))
    return false;
  const present = here.listed(file);
  if (present?.kind !== 'file' || present.size !== file.size || file.isBrief || present.isBrief) return false;
  if (!sameTime(file, present, setup) || here.lane.isOurs(nameOf(file.path))) return false;
  if (differing(file, present, setup, lane.rights.givesAway).length > 0) return false;
  here.isEmpty = false;
  lane.passed();
  ledger.lost(lostAnyway(file, present, setup));
  ledger.skipped(file.size);
  return true;
}

/** Where lists say all that there is to compare. */
function mayPass({ lane: { setup } }: Here): boolean {
  const { checksum, dest, keep, leftOf, suspectSince } = setup;
  return !(checksum || areGiven(setup) || leftOf || suspectSince > 0n) && keep.times && !dest.ownTimes;
}
