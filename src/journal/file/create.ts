import * as fs from 'node:fs';
import { removeFile } from '../../work/remove-file.ts';
import { migrate } from '../tables/schema.ts';
import { tablesOf } from '../tables/tables.ts';
import { makePrivate, type RouteFiles, syncDirectory } from './files.ts';
import { setMark } from './header.ts';
import { connect, type Db } from './sqlite.ts';

/** Makes the database of a route under another name first, so that what bears the right name is never half made. */
export function create(files: RouteFiles): void {
  const made = `${files.db}.new`;
  for (const path of [made, `${made}-wal`, `${made}-shm`, `${made}-journal`, files.wal, files.shm]) {
    removeFile(path);
  }
  makePrivate(made);
  build(made);
  syncFile(made);
  fs.renameSync(made, files.db);
  syncDirectory(files.dir);
}

/** The tables of a route that nothing is known of. */
export function fill(db: Db): void {
  migrate(db);
  tablesOf(db).route.write();
  setMark(db, 'shut');
}

function build(path: string): void {
  using db = connect(path, { readonly: false, waitMs: 0 });
  db.pragma('synchronous = OFF'); // until the file is whole
  fill(db);
  db.pragma('journal_mode = WAL');
}

function syncFile(path: string): void {
  const fd = fs.openSync(path, 'r+');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
