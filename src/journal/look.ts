import { create } from './create.ts';
import { damaged } from './fault.ts';
import { privateSize, type RouteFiles } from './files.ts';
import { type Mark, readHeader } from './header.ts';
import { migrate, newest, versionOf } from './schema.ts';
import type { Db } from './sqlite.ts';
import { checkTables, type Tables, tablesOf } from './tables.ts';
import { type WalState, walState } from './wal.ts';

/** What the files of a database say of it before SQLite touches them. */
export type Found = { readonly bytes: number; readonly mark: Mark; readonly wal: WalState };

/** Throws damage where the files cannot be what was left; makes the database if there is nothing. */
export function lookAtFiles(files: RouteFiles): Found {
  const bytes = privateSize(files.db);
  privateSize(files.wal);
  privateSize(files.shm);
  const wal = walState(files.wal);
  if (bytes === undefined && wal !== 'none') throw damaged('it is gone and only its WAL is there');
  if (bytes === undefined) {
    create(files);
    return { bytes: 0, mark: 'shut', wal };
  }
  const { mark, fileBytes } = readHeader(files.db);
  if (mark === undefined) throw damaged('it is not a Journal');
  if (mark === 'open' && wal === 'none') throw damaged('its WAL is gone');
  if (wal === 'damaged') throw damaged('its WAL is not what was written');
  const found = { bytes, mark, wal };
  if (wasShut(found) && bytes !== fileBytes) throw damaged('it is not as long as it was');
  return found;
}

/** Whether it was left in order, so that the file alone holds everything. */
export function wasShut({ mark, wal }: Found): boolean {
  return mark === 'shut' && wal === 'none';
}

/** Its tables. Throws damage unless they hold what was written; `thoroughly` reads all of the database. */
export function lookInside(db: Db, thoroughly: boolean): Tables {
  const version = versionOf(db);
  if (version > newest) throw damaged('a newer difpipe wrote it');
  if (version < 1) throw damaged('it has no version');
  migrate(db);
  if (thoroughly) checkPages(db);
  const tables = tablesOf(db);
  checkTables(tables);
  return tables;
}

function checkPages(db: Db): void {
  const answer = String(db.pragma('quick_check(1)', { simple: true }));
  if (answer !== 'ok') throw damaged(answer.split('\n').at(-1)!);
}
