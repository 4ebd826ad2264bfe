import type { Carry } from '../../store/batch.ts';
import type { Store } from '../../store/store.ts';
import { each } from '../../work/each.ts';
import { pathKey } from '../../work/posix/path.ts';

const looksAtOnce = 32;

/** Paths of what is not as it was when it was listed, a character for each byte. */
export async function changedOf(
  entries: readonly Carry[],
  source: Store,
  signal: AbortSignal,
): Promise<Set<string>> {
  const changed = new Set<string>();
  await each(looksAtOnce, entries, signal, async ({ entry }) => {
    if (entry.kind === 'directory') return;
    const now = await source.stat(entry.path, signal);
    if (!now || now.print !== entry.print) changed.add(pathKey(entry.path));
  });
  return changed;
}
