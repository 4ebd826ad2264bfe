import Database from 'better-sqlite3';
import { sqliteBinding } from '../../work/native.ts';

/** A connection, closed when it is disposed of. */
export type Db = Database.Database & Disposable;

type Opening = { readonly readonly: boolean; readonly waitMs: number };

/** A connection to the SQLite database in this file, which must exist; '' is a temporary one of its own. */
export function connect(path: string, { readonly, waitMs }: Opening): Db {
  const options = { readonly, fileMustExist: path !== '', timeout: waitMs, nativeBinding: sqliteBinding() };
  const db = new Database(path, options);
  return Object.assign(db, { [Symbol.dispose]: () => void db.close() });
}

/** SQLite's extended result code, such as SQLITE_CORRUPT_INDEX; undefined if the error is not SQLite's. */
export function sqliteCode(error: unknown): string | undefined {
  return error instanceof Database.SqliteError ? error.code : undefined;
}

/** Runs `work` as one transaction: all of it is kept, durably, or none. */
export function inOne<T>(db: Db, work: () => T): T {
  return db.transaction(work).immediate();
}

/** Of the library that is loaded. */
export function sqliteVersion(): string | undefined {
  using db = connect('', { readonly: false, waitMs: 0 });
  return db.prepare<[], string>('SELECT sqlite_version()').pluck().get();
}
