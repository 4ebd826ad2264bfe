/**
 * Opens the database of a route, for the holder of its lock.
 *
 * It appears whole or not at all, and is looked at before it is trusted: the mark and the WAL before SQLite
 * touches them, then SQLite's own check where that is due, then the sums of what a resume relies on. What fails
 * is set aside and a fresh one takes its place. Not promised: that a change in the unused part of a page, or a
 * whole older state of the database, is noticed; the first harms nothing, the second only costs work.
 */

import type { Tables } from '../tables/tables.ts';
import { lookInside } from './check.ts';
import { isDamage, whyDamaged } from './fault.ts';
import type { RouteFiles } from './files.ts';
import { type Found, lookAtFiles, wasShut } from './look-at-files.ts';
import { beginSession, type Session } from './session.ts';
import { setAside } from './set-aside.ts';

export type Opened = {
  readonly session: Session;
  readonly tables: Tables;
  /** a sentence for the user, if what was there was damaged */
  readonly rescued: string | undefined;
};

/** SQLite reads this much through in some 15 ms: then it always does. */
const alwaysCheckedBytes = 8 * 1024 * 1024;
const manyRuns = 1_000_000; // no run believes after so many

/** Throws what SQLite and the file system throw, and damage only where a fresh database is damaged too. */
export function openDatabase(files: RouteFiles): Opened {
  let why: string;
  try {
    return { ...openFound(files, lookAtFiles(files)), rescued: undefined };
  } catch (error) {
    if (!isDamage(files.dir, error)) throw error;
    why = whyDamaged(error);
  }
  const name = setAside(files.db);
  const rescued =
    `the Journal of this route was damaged (${why}); it is kept as ${name}, and what it knew is found out again ` +
    'by looking at the destination';
  return { ...openFound(files, lookAtFiles(files)), rescued };
}

function openFound({ dir, db: path }: RouteFiles, found: Found): Omit<Opened, 'rescued'> {
  using owned = new DisposableStack();
  const session = owned.use(beginSession(path, found.mark));
  try {
    const tables = lookInside(session.db, !wasShut(found) || found.bytes <= alwaysCheckedBytes);
    if (found.wal === 'torn') distrust(tables);
    if (!wasShut(found)) session.settle();
    owned.move();
    return { session, tables };
  } catch (error) {
    if (isDamage(dir, error)) session.abandon();
    throw error;
  }
}

/** The last that was told may be missing, so the destination is looked at before it is believed again. */
function distrust({ route }: Tables): void {
  route.write({ ...route.read(), trustedRuns: manyRuns });
}
