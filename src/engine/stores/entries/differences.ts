/** In what an entry of the source and one of the same kind at the destination differ. */
import type { Entry, FileEntry } from '../../../store/entry.ts';
import type { Lane } from '../lane.ts';
import { type Aspect, differing } from '../metadata/same.ts';
import { sameContent } from './content.ts';
import { isSameSpecial } from './node.ts';

const words = { mode: 'mode', owner: 'owner', mtimeNs: 'time' } as const satisfies Record<Aspect, string>;

export async function bodyDiffers(lane: Lane, entry: Entry, present: Entry): Promise<string[]> {
  if (entry.kind === 'file' && present.kind === 'file') return contentDiffers(lane, entry, present);
  if (entry.kind !== 'symlink') return isSameSpecial(entry, present) ? [] : ['device'];
  const { source, dest } = lane.setup;
  const targets = await Promise.all([
    source.readLink?.(entry.path, lane.signal),
    dest.readLink?.(present.path, lane.signal),
  ]);
  const [wanted, there] = targets.map((target) => target && Buffer.from(target).toString('latin1'));
  return wanted === there ? [] : ['target'];
}

async function contentDiffers(lane: Lane, file: FileEntry, present: FileEntry): Promise<string[]> {
  const { setup, ledger } = lane;
  if (file.size !== present.size) return ['size'];
  if (!setup.checksum || file.size === 0) return [];
  const isSame = await sameContent(lane, file, present);
  ledger.out.tally.skippedBytes += file.size;
  return isSame ? [] : ['content'];
}

/** Where owners are not compared they may be others, with whom nothing runs as the source's. */
export function metadataDiffers({ setup }: Lane, entry: Entry, present: Entry): string[] {
  const givesAway = setup.keep.owner && (setup.givesAway ?? true);
  return differing(entry, present, setup, givesAway).map((aspect) => words[aspect]);
}
