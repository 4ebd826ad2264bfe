import type { TransferError } from '../errors.ts';
import { EUNSIZED } from '../work/posix/constants.ts';
import type { Entry } from './entry.ts';
import { trouble } from './local/fault.ts';

/** Why nobody can copy a file by its size; undefined where anybody can. */
export function whyUnsized(entry: Entry): TransferError | undefined {
  if (entry.kind !== 'file' || !entry.unsized) return undefined;
  return trouble(entry.path, EUNSIZED, 'read');
}
