/** Counts what a walk over this machine's disk meets. */
import * as c from '../work/posix/constants.ts';
import type { Stat } from '../work/posix/stat.ts';
import { type Profile, tallyFile, tallyHoles, tallyLinked } from './profile.ts';

/** Anything but a directory. */
export function tallyEntry(profile: Profile, { type, links, size, blocks, uid }: Stat): void {
  if (type === c.S_IFREG) {
    tallyFile(profile, size);
    tallyHoles(profile, size, blocks * 512);
    profile.owners[uid] = (profile.owners[uid] ?? 0) + 1;
  } else if (type === c.S_IFLNK) profile.symlinks++;
  else profile.specials++;
  if (links > 1) tallyLinked(profile, type === c.S_IFREG ? size : 0);
}

export function tallyDirectory(profile: Profile, path: Uint8Array): void {
  profile.directories++;
  let depth = path.length === 0 ? 0 : 1;
  for (const byte of path) if (byte === 0x2f) depth++;
  if (depth > profile.depth) profile.depth = depth;
}
