/** What somebody names as a destination to write to, and which a copy would take away instead. */
import { type Stats, statSync } from 'node:fs';
import { TransferError } from '../errors.ts';
import { formatLocation } from '../location/format.ts';
import type { Location } from '../location/location.ts';
import type { Entry } from '../store/entry.ts';

const words: Partial<Record<Entry['kind'], string>> = {
  fifo: 'FIFO',
  socket: 'socket',
  block: 'device',
  character: 'device',
};

/**
 * Throws 'refused' where the place itself is a FIFO, a socket or a device, or on this machine a symlink that leads to
 * one, as /dev/stdout to a terminal, and the source is none.
 */
export function refuseSpecial(there: Entry | undefined, source: Entry['kind'], place: Location): void {
  const word = there && words[behind(there, place)];
  if (word === undefined || words[source] !== undefined) return;
  throw new TransferError(
    'refused',
    `${formatLocation(place)} is a ${word}: it would not be written to, but replaced`,
    { hint: 'name a file, or remove it first if that is what you want' },
  );
}

function behind({ kind }: Entry, place: Location): Entry['kind'] {
  if (kind !== 'symlink' || place.kind !== 'local') return kind;
  try {
    return specialKind(statSync(Buffer.from(place.path))) ?? kind;
  } catch {
    return kind; // it leads nowhere
  }
}

function specialKind(stat: Stats): Entry['kind'] | undefined {
  if (stat.isFIFO()) return 'fifo';
  if (stat.isSocket()) return 'socket';
  if (stat.isBlockDevice()) return 'block';
  return stat.isCharacterDevice() ? 'character' : undefined;
}
