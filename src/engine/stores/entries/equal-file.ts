/** Whether a file of the destination is what the source has, as far as anything but its metadata goes. */

import type { Entry, FileEntry } from '../../../store/entry.ts';
import type { Lane } from '../lane.ts';
import { sameTime } from '../metadata/clock.ts';
import { changeOf } from '../metadata/doubts.ts';
import { differing } from '../metadata/same.ts';
import { holdsSame } from './content.ts';

const second = 1_000_000_000n;
/** What differs cannot be put right in its place: names there that are another file of the source are to stay as they are. */
export function isAnothers({ rights, setup }: Lane, file: FileEntry, present: FileEntry): boolean {
  if (file.linked !== undefined || present.linked === undefined) return false;
  const mayGiveAway = setup.givesAway === true; // else all would go anew for an owner that they do not get
  const what = differing(file, present, setup, rights.givesAway);
  return what.some((aspect) => aspect !== 'owner' || mayGiveAway);
}

/** By time where that is kept, else by what is in it; what a power cut may have reached is not. */
export async function isSame(lane: Lane, file: FileEntry, present: Entry): Promise<boolean> {
  const { setup } = lane;
  if (present.kind !== 'file' || present.size !== file.size || isSuspect(lane, present)) return false;
  const { ownTimes } = setup.dest;
  if (ownTimes && !setup.checksum) return (present.mtimeNs ?? 0n) / second >= (file.mtimeNs ?? 0n) / second;
  if (setup.keep.times && !setup.checksum) return sameTime(file, present, setup);
  return holdsSame(lane, file, present);
}

/** It may have lost its bytes in a power cut; where all is durable at once, none has. */
function isSuspect({ setup }: Lane, present: FileEntry): boolean {
  const { suspectSince, suspectUntil } = setup;
  if (suspectSince === 0n || !setup.dest.sync) return false;
  const changedNs = changeOf(present);
  if (changedNs === undefined) return true;
  return changedNs >= suspectSince && (suspectUntil === undefined || changedNs < suspectUntil);
}
