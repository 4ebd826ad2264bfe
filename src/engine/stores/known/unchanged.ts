/** What most of a tree is when it is sent again: nothing is to be done, and nobody has to be asked. */

import type { Entry } from '../../../store/entry.ts';
import { nameOf } from '../../../store/named.ts';
import type { Here } from '../directory/here.ts';
import { areGiven } from '../metadata/attributes.ts';
import { sameTime } from '../metadata/clock.ts';
import { isDoubtful } from '../metadata/doubts.ts';
import { differing, lostAnyway } from '../metadata/same.ts';
import { areBrief } from './brief.ts';

/** Whether a file is at the destination as it should be, as far as both lists say; it is counted then. */
export function passesUnchanged(here: Here, file: Entry): boolean {
  const { lane } = here;
  const { setup, ledger } = lane;
  if (file.kind !== 'file' || !mayPass(here) || (file.linked !== undefined && setup.keep.hardlinks))
    return false;
  const name = nameOf(file.path);
  const present = here.listed(name);
  if (present?.kind !== 'file' || present.size !== file.size || file.isBrief || present.isBrief) return false;
  if (isDoubtful(lane, file)) return false;
  if (lane.isOurs(name) || !(isAlike(file, present) || differsNowhere(here, file, present))) return false;
  here.isEmpty = false;
  lane.passed();
  ledger.skipped(file.size);
  return true;
}

/** To the last bit. */
function isAlike(file: Entry, present: Entry): boolean {
  const isOwner = file.owner?.uid === present.owner?.uid && file.owner?.gid === present.owner?.gid;
  return isOwner && file.mode === present.mode && finely(file) === finely(present);
}

function finely({ finelyNs, mtimeNs }: Entry): bigint | undefined {
  return finelyNs ?? mtimeNs;
}

/** As far as it may; what of that is a loss is counted. */
function differsNowhere({ lane: { ledger, rights, setup } }: Here, file: Entry, present: Entry): boolean {
  if (!sameTime(file, present, setup) || differing(file, present, setup, rights.givesAway).length > 0)
    return false;
  ledger.lost(lostAnyway(file, present, setup));
  return true;
}

/** Where lists say all that there is to compare. */
export function mayPass({ lane: { setup } }: Here): boolean {
  const { checksum, dest, keep, suspectSince } = setup;
  return (
    !(checksum || areGiven(setup) || areBrief(setup) || suspectSince > 0n) && keep.times && !dest.ownTimes
  );
}
