/** The source's own directory where nothing is at the destination yet: all that is in it is for others, at once. */
import type { Bundle } from '../../profile/bundle.ts';
import { itself, splitPath } from '../../store/path.ts';
import type { Store } from '../../store/store.ts';
import { NamePacker } from '../../work/posix/dirents.ts';

const namesAtOnce = 1000;

/**
 * Gives names in it away, some at a time, as what is new. False, and nothing was given, where it holds only a few
 * files, or a name that cannot be taken.
 */
export async function shareRoot(
  source: Store,
  share: (slice: Bundle) => void,
  signal: AbortSignal,
): Promise<boolean> {
  const names = new NamePacker();
  const slices: Bundle[] = [];
  const cut = () => {
    const fresh = new Uint8Array(1);
    const slice = slices.length + 1;
    slices.push({ dir: new Uint8Array(0), names: names.take(), what: 'entries', fresh, slice });
  };
  let isTree = false;
  for await (const entry of source.list(itself, signal)) {
    if (entry.kind === 'unlisted') return false;
    isTree ||= entry.kind === 'directory';
    names.addBytes(splitPath(entry.path).name);
    if (names.count >= namesAtOnce) cut();
  }
  if (!isTree && slices.length === 0) return false;
  if (names.count > 0) cut();
  for (const slice of slices) share(slice);
  return true;
}
