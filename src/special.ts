/** What somebody names as a destination to write to, and which a copy would take away instead. */
import { TransferError } from './errors.ts';
import type { Entry } from './store/entry.ts';

const words: Partial<Record<Entry['kind'], string>> = {
  fifo: 'FIFO',
  socket: 'socket',
  block: 'device',
  character: 'device',
};

/** Throws 'refused' where the place itself is a FIFO, a socket or a device, and the source is none. `place` is for people. */
export function refuseSpecial(there: Entry['kind'] | undefined, source: Entry['kind'], place: string): void {
  const word = there && words[there];
  if (word === undefined || words[source] !== undefined) return;
  throw new TransferError('refused', `${place} is a ${word}: it would not be written to, but replaced`, {
    hint: 'name a file, or remove it first if that is what you want',
  });
}
