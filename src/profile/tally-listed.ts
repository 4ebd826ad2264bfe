import type { Entry } from '../store/entry.ts';
import { type Profile, tallyFile, tallyHoles, tallyLinked } from './profile.ts';

/** Counts an entry that a Store listed: anything but a directory. */
export function tallyListed(profile: Profile, entry: Entry): void {
  if (entry.kind === 'symlink') profile.symlinks++;
  else if (entry.kind !== 'file') profile.specials++;
  else {
    const { size, allocated, linked, owner } = entry;
    tallyFile(profile, size);
    tallyHoles(profile, size, allocated);
    if (owner) profile.owners[owner.uid] = (profile.owners[owner.uid] ?? 0) + 1;
    if (linked !== undefined) tallyLinked(profile, size);
  }
}
