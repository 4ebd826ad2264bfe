/**
 * Directories that their owner may write to but not enter or list: for whoever is not root rsync gives them all three
 * rights while it works, and takes none of them back. The root of a tree is not seen to.
 */
import { isKind } from '../../errors.ts';
import { type DirectoryEntry, type Entry, noMetadata } from '../../store/entry.ts';
import type { RelativePath } from '../../store/path.ts';
import type { Store } from '../../store/store.ts';
import type { Hand } from './hand.ts';
import type { Part } from './part/part.ts';
import type { RsyncSetup } from './setup.ts';

type Narrow = DirectoryEntry & { readonly mode: number };

const [all, write] = [0o700, 0o200];

/**
 * Gives those of a Part that was carried the rights that they have at the source, where nobody has to go on in them:
 * others keep what rsync gave them, which is counted.
 */
export async function narrow(hand: Hand, { entries }: Part): Promise<void> {
  if (!mayWiden(hand.crewed.setup)) return;
  for (const entry of [...entries.values()].filter(isNarrow)) {
    try {
      await narrowOne(hand, entry);
    } catch (error) {
      hand.failed(entry.path, error);
    }
  }
}

async function narrowOne({ crewed: { setup }, ledger, signal }: Hand, { path, mode }: Narrow): Promise<void> {
  const there = await setup.dest.stat(path, signal);
  if (there?.kind !== 'directory' || there.mode === undefined) return;
  const wanted = (there.mode & ~all) | (mode & all);
  if (wanted === there.mode) return;
  if (await isFilled(setup.source, path, signal)) ledger.notice('mode');
  else await setup.dest.dress?.(path, { ...noMetadata, mode: wanted }, signal);
}

function mayWiden({ dryRun, keep, tools, options }: RsyncSetup): boolean {
  return !dryRun && keep.mode && tools.uid !== 0 && !options.some((option) => option.startsWith('--chmod'));
}

function isNarrow(entry: Entry): entry is Narrow {
  if (entry.kind !== 'directory' || entry.mode === undefined) return false;
  return (entry.mode & write) !== 0 && (entry.mode & all) !== all;
}

/** Whether anything in it may be read, as others than its owner may. */
async function isFilled(source: Store, dir: RelativePath, signal: AbortSignal): Promise<boolean> {
  try {
    for await (const { kind } of source.list(dir, signal)) if (kind !== 'unlisted') return true;
  } catch (error) {
    if (!isKind(error, 'denied')) throw error; // which who walked it has said
  }
  return false;
}
