/** Entries that were only listed, with all that their place can tell of them. */
import { TransferError } from '../../../errors.ts';
import { show } from '../../../report/show.ts';
import type { Entry, FileEntry } from '../../../store/entry.ts';
import type { Store } from '../../../store/store.ts';

/** The same entry; undefined where it went meanwhile. */
export async function inFull(
  { stat }: Pick<Store, 'stat'>,
  entry: Entry | undefined,
  signal: AbortSignal,
): Promise<Entry | undefined> {
  return entry?.kind === 'file' && entry.isBrief ? stat(entry.path, signal) : entry;
}

/** The same of a file of the source. Throws 'changed' where it is another one now. */
export async function sourceInFull(
  source: Pick<Store, 'stat'>,
  file: FileEntry,
  signal: AbortSignal,
): Promise<FileEntry> {
  const found = await inFull(source, file, signal);
  if (found?.kind === 'file' && (!file.isBrief || found.print === file.print)) return found;
  throw new TransferError('changed', `cannot read ${show(file.path)}: it is not what it was`);
}
