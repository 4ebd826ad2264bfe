import { TransferError } from '../../../errors.ts';

/** The stream is not what a tar could have written. */
export function corrupt(why: string): TransferError {
  return new TransferError('corrupt', `cannot unpack what the other side sent: ${why}`, {
    hint: 'something altered the stream, or the other side is not to be trusted',
  });
}
