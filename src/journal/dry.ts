import { tmpdir } from 'node:os';
import type { Backing, RouteNames } from './backing.ts';
import { faultIn, isDamage } from './file/fault.ts';
import { type RouteFiles, routeFiles, routesDir } from './file/files.ts';
import { openTemporary } from './file/temporary.ts';
import { Journal } from './journal.ts';
import { openLeftReader } from './left-reader.ts';
import { type Past, readPast } from './read-past.ts';

/**
 * A Journal for a dry run: it knows what the route's own knows of earlier runs and of the destination, and what
 * it is told goes with it. It takes no lock and leaves no file.
 */
export function openDryJournal(stateDir: string, route: RouteNames): Journal {
  const files = routeFiles(routesDir(stateDir), route.key);
  try {
    return new Journal(dryBacking(files, route));
  } catch (error) {
    throw faultIn(files.dir, error);
  }
}

function dryBacking(files: RouteFiles, route: RouteNames): Backing {
  using owned = new DisposableStack();
  const past = pastOf(files);
  const left = past && owned.use(openLeftReader(files.db));
  const { tables, write } = owned.use(openTemporary());
  for (const run of past?.runs.toReversed() ?? []) tables.runs.write(run);
  tables.route.write({ ...tables.route.read(), ...past?.route });
  const kept = owned.move();
  return {
    tables,
    dir: tmpdir(), // where SQLite keeps what does not fit into memory
    route,
    path: past && files.db,
    rescued: undefined,
    leftOf: (dir) => left?.of(dir) ?? [],
    name: () => undefined,
    write,
    condemn: () => 'nothing',
    [Symbol.dispose]: () => kept.dispose(),
  };
}

/** The run that follows would set a damaged Journal aside, and know nothing either. */
function pastOf(files: RouteFiles): Past | undefined {
  try {
    return readPast(files);
  } catch (error) {
    if (isDamage(files.dir, error)) return undefined;
    throw error;
  }
}
