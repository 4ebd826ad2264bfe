/**
 * Opens the database of a route, for the holder of its lock.
 *
 * It appears whole or not at all, and is looked at before it is trusted: the mark and the WAL before SQLite
 * touches them, then SQLite's own check where that is due, then the sums of what a resume relies on. What fails
 * is set aside and a fresh one takes its place. Not promised: that a change in the unused part of a page, or a
 * whole older state of the database, is noticed; the first harms nothing, the second only costs work.
 */
import * as fs from 'node:fs';
import { setAside } from './aside.ts';
import { damaged, isDamage } from './fault.ts';
import { makePrivate, privateSize, type RouteFiles, syncDirectory } from './files.ts';
import { readHeader, setMark } from './header.ts';
import { migrate, newest, versionOf } from './schema.ts';
import { connect, type Db } from './sqlite.ts';
import { checkTables, type Tables, tablesOf } from './tables.ts';
import { type WalState, walState } from './wal.ts';

export type Opened = {
  readonly db: Db;
  readonly tables: Tables;
  /** a sentence for the user, if what was there was damaged */
  readonly rescued: string | undefined;
};

const busyMs = 2000;
const cacheKiB = 8192;
/** SQLite reads a database of this size through in some 10 ms: then it always does. */
const manyRuns = 1_000_000; // no run believes after so many
const alwaysCheckedBytes = 8 * 1024 * 1024;

export function openDatabase(files: RouteFiles): Opened {
  let why: string;
  try {
    return { ...openFound(files), rescued: undefined };
  } catch (error) {
    if (!isDamage(files.dir, error)) throw error;
    why = (error as Error).message;
  }
  const name = setAside(files.db);
  const rescued =
    `the Journal of this route was damaged (${why}); it is kept as ${name}, and what it knew is found out again ` +
    'by looking at the destination';
  return { ...openFound(files), rescued };
}

function openFound(files: RouteFiles): Omit<Opened, 'rescued'> {
  const found = lookBefore(files);
  const thoroughly = !found.isClean || fs.statSync(files.db).size <= alwaysCheckedBytes;
  using owned = new DisposableStack();
  const db = configured(owned.use(connect(files.db, { readonly: false, waitMs: busyMs })));
  const tables = lookInside(db, thoroughly);
  if (found.wal === 'torn') distrust(tables);
  if (!found.isClean) settle(db);
  owned.move();
  return { db, tables };
}

type Found = { readonly wal: WalState; readonly isClean: boolean };

/** Throws 'corrupt' where the files cannot be what was left; makes the database if there is nothing. */
function lookBefore(files: RouteFiles): Found {
  const size = privateSize(files.db);
  privateSize(files.wal);
  privateSize(files.shm);
  const wal = walState(files.wal);
  if (size === undefined) {
    if (wal !== 'none') throw damaged('it is gone and only its WAL is there');
    create(files);
    return { wal, isClean: true };
  }
  const { mark, fileBytes } = readHeader(files.db);
  const isClean = mark === 'shut' && wal === 'none';
  if (mark === undefined) throw damaged('it is not a Journal');
  if (mark === 'open' && wal === 'none') throw damaged('its WAL is gone');
  if (wal === 'damaged') throw damaged('its WAL is not what was written');
  if (isClean && size !== fileBytes) throw damaged('it is not as long as it was');
  return { wal, isClean };
}

function lookInside(db: Db, thoroughly: boolean): Tables {
  const version = versionOf(db);
  if (version > newest) throw damaged('a newer difpipe wrote it');
  if (version < 1) throw damaged('it has no version');
  migrate(db);
  if (thoroughly) {
    const answer = db.pragma('quick_check(1)', { simple: true });
    if (answer !== 'ok') throw damaged(String(answer).split('\n').at(-1)!);
  }
  const tables = tablesOf(db);
  checkTables(tables);
  return tables;
}

/** The last that was told may be missing, so the destination is looked at before it is believed again. */
function distrust({ route }: Tables): void {
  route.write({ ...route.read(), trustedRuns: manyRuns });
}

/** Makes the file alone say all that was committed: after this the WAL holds nothing. */
export function settle(db: Db): void {
  setMark(db, 'shut');
  db.pragma('wal_checkpoint(TRUNCATE)');
}

export function configured(db: Db): Db {
  db.pragma('synchronous = FULL');
  db.pragma('cell_size_check = ON');
  db.pragma('trusted_schema = OFF');
  db.pragma('mmap_size = 0');
  db.pragma(`cache_size = -${cacheKiB}`);
  db.pragma('temp_store = MEMORY');
  return db;
}

/** Under another name first, so that what bears the right name is never half made. */
function create(files: RouteFiles): void {
  const made = `${files.db}.new`;
  for (const path of [made, `${made}-wal`, `${made}-shm`, `${made}-journal`, files.wal, files.shm]) {
    fs.rmSync(path, { force: true });
  }
  makePrivate(made);
  build(made);
  syncFile(made);
  fs.renameSync(made, files.db);
  syncDirectory(files.dir);
}

function build(path: string): void {
  using db = connect(path, { readonly: false, waitMs: busyMs });
  db.pragma('synchronous = OFF');
  fill(db);
  db.pragma('journal_mode = WAL');
}

/** The tables of a route that nothing is known of. */
export function fill(db: Db): void {
  migrate(db);
  tablesOf(db).route.write();
  setMark(db, 'shut');
}

function syncFile(path: string): void {
  const fd = fs.openSync(path, 'r+');
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}
