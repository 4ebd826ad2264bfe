import { TransferError } from '../../../errors.ts';
import { tallyDirectory } from '../../../profile/tally.ts';
import { show } from '../../../report/show.ts';
import type { Entry } from '../../../store/entry.ts';
import { existing } from '../../../store/existing.ts';
import type { RelativePath } from '../../../store/path.ts';
import type { Dir } from './visitor.ts';
import type { Walking } from './walking.ts';

/**
 * Looks at a directory, but for one that is `known`, and counts it where all of it is seen. Throws 'missing' where none is
 * there.
 */
export async function openDir(
  { source, profile, signal }: Walking,
  path: RelativePath,
  how: Omit<Dir, 'path' | 'entry'>,
  known: Entry | undefined,
): Promise<Dir> {
  const entry = known && !known.isBrief ? known : await existing(source, path, signal);
  if (entry.kind !== 'directory')
    throw new TransferError('missing', `cannot list ${show(path)}: it is no directory`);
  if (how.whole) tallyDirectory(profile, path);
  return { path, entry, ...how };
}
