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
  for (const path of [files.wal, files.shm]) removeFile(path);
  drop(made);
  try {
    makePrivate(made);
    build(made);
    syncFile(made);
    fs.renameSync(made, files.db);
  } catch (error) {
    drop(made);
    throw error;
  }
  syncDirectory(files.dir);
}

function drop(path: string): void {
  for (const end of ['', '-wal', '-shm', '-journal']) removeFile(path + end);
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
