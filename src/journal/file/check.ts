import { equalSums } from '../tables/crc.ts';
import { migrate, newest, versionOf } from '../tables/schema.ts';
import { type Tables, tablesOf } from '../tables/tables.ts';
import { damaged, notAsWritten } from './fault.ts';
import type { Db } from './sqlite.ts';

/** Its tables. Throws damage unless they hold what was written; `thoroughly` reads all of the database. */
export function lookInside(db: Db, thoroughly: boolean): Tables {
  const version = versionOf(db);
  if (version > newest) throw damaged('a newer difpipe wrote it');
  if (version < 1) throw damaged('it has no version');
  if (thoroughly) checkPages(db);
  migrate(db);
  const tables = tablesOf(db);
  checkTables(tables);
  return tables;
}

function checkPages(db: Db): void {
  const answer = String(db.pragma('quick_check(1)', { simple: true }));
  if (answer !== 'ok') throw damaged(notAsWritten);
}

/** Throws damage unless what a resumed run relies on is whole: no part, link or run is missing or altered. */
function checkTables({ route, runs, parts, links }: Tables): void {
  const state = route.read();
  runs.all();
  if (!equalSums(parts.sum(), state.parts)) throw damaged('parts are missing from it');
  if (!equalSums(links.sum(), state.links)) throw damaged('links are missing from it');
}
