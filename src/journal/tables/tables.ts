import type { Db } from '../file/sqlite.ts';
import { failuresTable } from './failures-table.ts';
import { leftTable } from './left-table.ts';
import { linksTable } from './links-table.ts';
import { partsTable } from './parts-table.ts';
import { routeTable } from './route-table.ts';
import { runsTable } from './runs-table.ts';

export type Tables = ReturnType<typeof tablesOf>;

/** The tables of one database with their statements, each prepared once. */
export function tablesOf(db: Db) {
  return {
    route: routeTable(db),
    runs: runsTable(db),
    failures: failuresTable(db),
    parts: partsTable(db),
    links: linksTable(db),
    left: leftTable(db),
  };
}
