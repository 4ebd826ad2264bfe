import { TransferError } from '../../errors.ts';
import { type Entry, noMetadata } from '../entry.ts';
import type { RelativePath } from '../path.ts';
import type { Store } from '../store.ts';

/** A file where a place was named: whoever finds one opens the directory it is in. */
export function fileAt(name: string): Omit<Store, typeof Symbol.asyncDispose> {
  const refuse = () => {
    throw new TransferError('conflict', `${name} is a file, and nothing is in it`);
  };
  const stat = async (path: RelativePath): Promise<Entry | undefined> =>
    path.length > 0
      ? undefined
      : {
          kind: 'file',
          path,
          ...noMetadata,
          print: undefined,
          size: 0,
          allocated: undefined,
          linked: undefined,
        };
  return { list: refuse, stat, read: refuse, write: refuse, remove: refuse };
}
