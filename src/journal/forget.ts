import { TransferError } from '../errors.ts';
import { removeFile } from '../work/remove-file.ts';
import { openDatabase } from './file/database.ts';
import { faultIn } from './file/fault.ts';
import { type RouteFiles, routeFiles, routesDir } from './file/files.ts';
import { findRun } from './list.ts';
import { takeLock } from './lock.ts';
import { dropRun } from './runs.ts';

export type Forgotten = {
  readonly id: string;
  /** it was the last run of its route, so what is known of the destination went with it */
  readonly route: boolean;
};

/**
 * Forgets a run: what it did, what failed and, if it was not finished, what was left to do, so that it cannot be
 * resumed. What is known of the destination belongs to the route and stays until its last run is forgotten; then
 * the database goes, and the next run looks at everything. Throws 'missing', and 'locked' while the route is held.
 */
export function forgetRun(stateDir: string, start: string): Forgotten {
  const run = findRun(stateDir, start);
  if (run === undefined) throw new TransferError('missing', `there is no run ${start}`);
  const files = routeFiles(routesDir(stateDir), run.key);
  try {
    using _lock = takeLock(files);
    return { id: run.id, route: forgetIn(files, run.id) };
  } catch (error) {
    throw faultIn(files.dir, error);
  }
}

/** Whether nothing was left, and the database went. */
function forgetIn(files: RouteFiles, id: string): boolean {
  if (dropFrom(files, id) > 0) return false;
  for (const path of [files.db, files.wal, files.shm]) removeFile(path);
  return true;
}

/** How many runs are left. */
function dropFrom(files: RouteFiles, id: string): number {
  const { session, tables } = openDatabase(files);
  using _session = session;
  session.write(() => dropRun(tables, id));
  return tables.runs.all().length;
}
