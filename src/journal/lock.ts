/**
 * One run at a time on a route.
 *
 * The lock itself is an empty SQLite database that the holder keeps in an exclusive transaction: a lock of the
 * kernel, which ends with the process however it ends. So nobody has to judge whether a lock is stale and take
 * it away, which cannot be done without a race, and two that try at once never both succeed. The file beside it
 * names the holder by pid, start time and boot id, so that what a dead one left there is not taken for the name
 * of one that just came. The empty file is never removed, not even when the route is forgotten: a lock on a
 * removed file would not keep others out.
 *
 * Nothing here may open the lock file but SQLite: closing any descriptor of it would drop this process's lock.
 */
import * as fs from 'node:fs';
import { TransferError } from '../errors.ts';
import { removeFile } from '../work/remove-file.ts';
import { makePrivate, privateSize, type RouteFiles } from './file/files.ts';
import { connect, type Db, sqliteCode } from './file/sqlite.ts';
import { type Holder, isAlive, readHolder, thisHolder, writeHolder } from './holder.ts';

export type RouteLock = Disposable & {
  /** Tells others which run it is. */
  name(run: string): void;
};

const attempts = 10;
const attemptMs = 100;

/** Takes the lock of a route, or throws 'locked' within about a second and says who holds it. */
export function takeLock(files: RouteFiles): RouteLock {
  makePrivate(files.lock);
  using owned = new DisposableStack();
  owned.use(exclusive(files));
  const me = thisHolder();
  writeHolder(files.holder, me);
  owned.defer(() => removeFile(files.holder));
  const kept = owned.move();
  return {
    name: (run) => writeHolder(files.holder, { ...me, run }),
    [Symbol.dispose]: () => kept.dispose(),
  };
}

/** Tries for a second, because a holder needs a moment to write its name, and a dying one to go. */
function exclusive(files: RouteFiles): Db {
  for (let attempt = 1; attempt <= attempts; attempt++) {
    const db = tryExclusive(files.lock);
    if (db !== undefined) return db;
    const holder = readHolder(files.holder);
    if (holder && isAlive(holder)) throw locked(holder);
  }
  throw locked(readHolder(files.holder)); // on another machine or in another container, or not yet named
}

function tryExclusive(path: string): Db | undefined {
  privateSize(path);
  const db = connect(path, { readonly: false, waitMs: attemptMs });
  try {
    db.pragma('journal_mode = MEMORY'); // or there would be one more file
    db.exec('BEGIN EXCLUSIVE');
    return db;
  } catch (error) {
    db.close();
    if (sqliteCode(error) === 'SQLITE_NOTADB') fs.truncateSync(path);
    else if (sqliteCode(error) !== 'SQLITE_BUSY') throw error;
    return undefined;
  }
}

/** Who holds a route now, without disturbing them: 'nobody', or a holder as far as it is known. */
export function holderOf(files: RouteFiles): Holder | 'unnamed' | 'nobody' {
  if (privateSize(files.lock) === undefined || !isLocked(files.lock)) return 'nobody';
  return readHolder(files.holder) ?? 'unnamed';
}

function isLocked(path: string): boolean {
  using db = connect(path, { readonly: true, waitMs: 0 });
  try {
    db.prepare('SELECT 1 FROM sqlite_schema').get();
    return false;
  } catch (error) {
    if (sqliteCode(error) === 'SQLITE_BUSY') return true;
    if (sqliteCode(error) === 'SQLITE_NOTADB') return false;
    throw error;
  }
}

function locked(holder: Holder | undefined): TransferError {
  const hint = 'wait for it, or stop it';
  if (holder === undefined) return new TransferError('locked', 'another process holds this route', { hint });
  const { pid, host, run, sinceMs } = holder;
  const who = run === undefined ? `process ${pid}` : `run ${run} (process ${pid})`;
  const since = new Date(sinceMs).toISOString().replace(/\.\d+Z$/, 'Z');
  return new TransferError('locked', `${who} on ${host} holds this route since ${since}`, { hint });
}
