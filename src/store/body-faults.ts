/** What is wrong with the bytes of a file, as every store says it. `name` is what a person calls the file. */
import { TransferError } from '../errors.ts';

/** It is another one, or in another state, than when it was listed. */
export function changed(name: string): TransferError {
  return new TransferError('changed', `cannot read ${name}: it changed`, {
    hint: 'run again when nobody writes to it, or copy from a snapshot',
  });
}

/** A body gave more or fewer bytes than it said. */
export function notWhole(name: string, size: number): TransferError {
  return new TransferError('corrupt', `cannot write ${name}: its source did not give its ${size} bytes`);
}
