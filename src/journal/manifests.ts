/**
 * What manifests of object stores hold, as tables: in a file of no name, or in one for each place, which is there from
 * the first change of a run until the manifest says the same. Whoever has that open has it alone.
 */
import { createHash, randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { join, resolve } from 'node:path';
import { TransferError } from '../errors.ts';
import { makeDirectories } from '../work/make-directories.ts';
import { removeFile } from '../work/remove-file.ts';
import { faultIn } from './file/fault.ts';
import { makePrivate, privateSize, syncDirectory } from './file/files.ts';
import { configured } from './file/session.ts';
import { connect, type Db, inOne, sqliteCode } from './file/sqlite.ts';
import { kept } from './kept.ts';
import { type ManifestRow, type ManifestRows, manifestTable, newManifest } from './tables/manifest-table.ts';

type Filled = { readonly all: () => Iterable<ManifestRow> };
type LastingRows = ManifestRows & { readonly base: string };

/** Without a state directory none last. */
export function manifestBook(stateDir: string | undefined) {
  const dir = stateDir === undefined ? undefined : join(resolve(stateDir), kept.manifests);
  return {
    open: temporary,
    left: (place: string) => (dir === undefined ? undefined : openFile(dir, fileOf(dir, place), place)),
    ...(dir !== undefined && {
      keep: (rows: Filled, place: string, base: string) => keep(dir, rows, place, base),
    }),
    forget(place: string): void {
      if (dir === undefined) return;
      for (const end of ['', '-journal']) removeFile(`${fileOf(dir, place)}${end}`);
    },
  };
}

function fileOf(dir: string, place: string): string {
  return join(dir, `${createHash('sha256').update(place).digest('hex').slice(0, 32)}.db`);
}

function temporary(): ManifestRows {
  using owned = new DisposableStack();
  const db = configured(owned.use(connect('', { readonly: false, waitMs: 0 })));
  db.pragma('journal_mode = OFF');
  newManifest(db, '');
  owned.move();
  return manifestTable(db);
}

function openFile(dir: string, path: string, place: string): LastingRows | undefined {
  try {
    if (privateSize(path) === undefined) return undefined;
    using owned = new DisposableStack();
    const db = configured(owned.use(connect(path, { readonly: false, waitMs: 0 })));
    takeAlone(db, place);
    const base = db.prepare<[], string>('SELECT base FROM about').pluck().get() ?? '';
    owned.move();
    return { ...blaming(dir, manifestTable(db)), base };
  } catch (error) {
    throw faultIn(dir, error);
  }
}

/** The same, with errors that name the directory. */
function blaming(dir: string, rows: ManifestRows): ManifestRows {
  const { begin, end, put, drop, atOnce } = rows;
  const blamed = <A extends unknown[]>(act: (...args: A) => undefined) => {
    return (...args: A): undefined => {
      try {
        return act(...args);
      } catch (error) {
        throw faultIn(dir, error);
      }
    };
  };
  const told = { begin: blamed(begin), end: blamed(end), put: blamed(put), drop: blamed(drop) };
  return { ...rows, ...told, atOnce: blamed((tell: () => void) => void atOnce(tell)) };
}

/** The lock lasts as long as the connection. */
function takeAlone(db: Db, place: string): void {
  try {
    db.pragma('locking_mode = EXCLUSIVE');
    db.exec('BEGIN IMMEDIATE; COMMIT');
  } catch (error) {
    if (!/^SQLITE_(BUSY|LOCKED)/.test(sqliteCode(error) ?? '')) throw error;
    throw locked(place);
  }
}

function locked(place: string): TransferError {
  return new TransferError('locked', `another run keeps the manifest of ${place}`, {
    hint: 'wait until it has ended',
  });
}

function keep(dir: string, rows: Filled, place: string, base: string): LastingRows {
  const path = fileOf(dir, place);
  const made = `${path}.${randomBytes(6).toString('hex')}`;
  try {
    makeDirectories(dir);
    makePrivate(made);
    fill(made, rows, base);
    fs.linkSync(made, path); // fails where another run was quicker
    syncDirectory(dir);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') throw locked(place);
    throw faultIn(dir, error);
  } finally {
    removeFile(made);
  }
  return openFile(dir, path, place)!;
}

function fill(path: string, rows: Filled, base: string): void {
  using db = connect(path, { readonly: false, waitMs: 0 });
  newManifest(db, base);
  const table = manifestTable(db);
  inOne(db, () => {
    for (const row of rows.all()) table.put(row);
  });
}
