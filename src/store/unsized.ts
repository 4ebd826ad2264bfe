import { TransferError } from '../errors.ts';
import { show } from '../report/show.ts';
import type { Entry } from './entry.ts';

/** Why nobody can copy a file by its size; undefined where anybody can. */
export function whyUnsized(entry: Entry): TransferError | undefined {
  if (entry.kind !== 'file' || !entry.unsized) return undefined;
  const why = 'it does not say how much it holds, as files in /proc and the like';
  return new TransferError('unsupported', `cannot read ${show(entry.path)}: ${why}`);
}
