import { TransferError } from '../errors.ts';
import { show } from '../report/show.ts';
import type { Entry } from './entry.ts';
import type { RelativePath } from './path.ts';
import type { Store } from './store.ts';

/** What a walk was told is there; throws 'missing' where it is not. */
export async function existing(store: Store, path: RelativePath, signal: AbortSignal): Promise<Entry> {
  const entry = await store.stat(path, signal);
  if (entry) return entry;
  throw new TransferError('missing', `cannot read ${show(path)}: it is not there`, {
    hint: 'it may have been removed while the run went on: run again',
  });
}
