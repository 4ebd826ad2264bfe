import { statSync } from 'node:fs';
import { TransferError } from '../../errors.ts';
import { reasonOf } from '../../work/posix/errno.ts';
import { readSmall } from '../../work/read-small.ts';

/** What is in a file that only its owner may read. Throws 'refused' where others may, 'usage' where it cannot be read. */
export function secretFile(path: string, flag: string, what = 'the password'): Buffer {
  try {
    if ((statSync(path).mode & 0o077) !== 0) throw tooOpen(path, what);
    return readSmall(path);
  } catch (cause) {
    if (cause instanceof TransferError) throw cause;
    throw new TransferError('usage', `cannot read the file of ${flag}: ${reasonOf(cause)}`, { cause });
  }
}

function tooOpen(path: string, what: string): TransferError {
  return new TransferError('refused', `others may read ${what} in ${path}`, { hint: 'chmod 600 it' });
}
