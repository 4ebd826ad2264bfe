/**
 * A directory, or one file, on a web server. What is known of a file is what its headers say: length, time in whole
 * seconds, tag. Directories are the lists of links that servers make of them. Nothing but bytes can be kept there, and
 * on some servers the time.
 */
import type { HttpPlace } from '../../location/location.ts';
import type { Store } from '../store.ts';
import type { WebAccess } from './access.ts';
import { blind } from './blind.ts';
import { bodyOf } from './body.ts';
import { list } from './list.ts';
import { type Habits, lookAt } from './look.ts';
import { remove } from './remove.ts';
import { siteOf } from './site.ts';
import type { Spool } from './spool.ts';
import { createStragglers } from './stragglers.ts';
import { told } from './told.ts';
import { createWire } from './wire.ts';
import { writeFile } from './write.ts';

/** Asks nothing yet. What comes without a length is kept in `spool`. */
export function openHttpStore(
  at: HttpPlace,
  access: WebAccess,
  spool: Spool,
  habits: Habits = unmet(),
): Store {
  const site = siteOf(at);
  const wire = createWire(site.origin, access);
  const place = { wire, site, spool, stragglers: createStragglers(), habits };
  const store: Store = {
    list: (dir, on) => list(place, dir, on),
    stat: (path, on) => lookAt(place, path, on),
    read: (file) => bodyOf(place, file),
    write: (path, body, how, on) => writeFile(place, path, body, how, on),
    digest: (file, on) => told(place, file, on),
    remove: (path, on) => remove(place, path, on),
    canonical: async () => site.canonical,
    timeStepNs: 1_000_000_000,
    ownTimes: true,
    lacksTimes: true,
    listsSome: true,
    rangeBytes: 8 * 1024 * 1024,
    roundTripMs: undefined,
    [Symbol.asyncDispose]: async () => wire[Symbol.dispose](),
  };
  return at.isBlind ? { ...store, ...blind(place) } : store;
}

function unmet(): Habits {
  return { refusesExpect: false, wordMs: 1000 };
}
