import type { Store } from '../store.ts';
import { type Carrier, lostOf } from './carrier.ts';
import { copyMany } from './copy.ts';
import type { Daemon } from './daemon.ts';
import type { Traits } from './reach.ts';

/** How many files go at once by the rclone of the place; nothing where it is too old for that. */
export function carried(daemon: Daemon, target: string, traits: Traits): Pick<Store, 'carrier'> {
  if (!traits.copiesMany) return {};
  const { tellsMetadata } = traits;
  const lost: Carrier['lostOf'] = (file, keep) => lostOf(traits, file, keep);
  const copy: Carrier['copy'] = (errand, copied, on) => copyMany(daemon, errand, copied, on);
  return { carrier: { target, copy, tellsMetadata, lostOf: lost } };
}
