import { equalSums } from './crc.ts';
import { failuresTable } from './failures-table.ts';
import { damaged } from './fault.ts';
import { leftTable } from './left-table.ts';
import { linksTable } from './links-table.ts';
import { partsTable } from './parts-table.ts';
import { routeTable } from './route-table.ts';
import { runsTable } from './runs-table.ts';
import type { Db } from './sqlite.ts';

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

/** Throws 'corrupt' unless what a resumed run relies on is whole: no part, link or run is missing or altered. */
export function checkTables({ route, runs, parts, links }: Tables): void {
  const state = route.read();
  runs.all();
  if (!equalSums(parts.sum(), state.parts)) throw damaged('parts are missing from it');
  if (!equalSums(links.sum(), state.links)) throw damaged('links are missing from it');
}
