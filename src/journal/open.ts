import { heldBacking, type RouteNames } from './backing.ts';
import { openDatabase } from './file/database.ts';
import { faultIn } from './file/fault.ts';
import { makeRoutesDir, routeFiles, routesDir } from './file/files.ts';
import { Journal } from './journal.ts';
import { takeLock } from './lock.ts';

/**
 * Takes the lock of a route and opens its Journal, which is made, or replaced where it is damaged. Throws
 * 'locked' if another process holds the route, 'refused' for a state directory that is not safely ours, 'full'
 * and 'denied'.
 */
export function openJournal(stateDir: string, route: RouteNames): Journal {
  try {
    const files = routeFiles(makeRoutesDir(stateDir), route.key);
    using owned = new DisposableStack();
    const lock = owned.use(takeLock(files));
    const journal = new Journal(heldBacking(openDatabase(files), { files, lock, route }));
    owned.move();
    return journal;
  } catch (error) {
    throw faultIn(routesDir(stateDir), error);
  }
}
