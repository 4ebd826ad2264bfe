/**
 * What transfers cost on this machine and on each route, as it was measured: one small database for all routes.
 *
 * Losing it costs a worse prediction and nothing else, so where it is damaged it is replaced without a word.
 */
import { join } from 'node:path';
import { damaged, faultIn, isDamage } from './file/fault.ts';
import { makePrivate, makeRoutesDir, privateSize, routesDir } from './file/files.ts';
import { setAside } from './file/set-aside.ts';
import { connect, inOne } from './file/sqlite.ts';
import { crcOf } from './tables/crc.ts';
import type { CostRow } from './types.ts';

type Raw = [scope: string, engine: string, body: string, crc: number];

const fileName = 'machine.db';
const busyMs = 2000;
const schema = `
  CREATE TABLE IF NOT EXISTS costs (
    scope TEXT NOT NULL,
    engine TEXT NOT NULL,
    body TEXT NOT NULL,
    crc INTEGER NOT NULL,
    PRIMARY KEY (scope, engine)
  ) STRICT, WITHOUT ROWID`;

/** The constants that were measured in each scope: 'machine', or a route's key. */
export function costsOf(stateDir: string, scopes: readonly string[]): CostRow[][] {
  const dir = routesDir(stateDir);
  try {
    return read(join(dir, fileName), scopes);
  } catch (error) {
    if (isDamage(dir, error)) return scopes.map(() => []);
    throw faultIn(dir, error);
  }
}

/** Keeps the constants of one engine for each scope, in place of those before. */
export function learnCosts(stateDir: string, learnt: readonly { scope: string; row: CostRow }[]): void {
  try {
    const path = join(makeRoutesDir(stateDir), fileName);
    replaceIfDamaged(path, () => write(path, learnt));
  } catch (error) {
    throw faultIn(routesDir(stateDir), error);
  }
}

function replaceIfDamaged(path: string, work: () => void): void {
  try {
    work();
  } catch (error) {
    if (!isDamage(join(path, '..'), error)) throw error;
    setAside(path);
    work();
  }
}

function read(path: string, scopes: readonly string[]): CostRow[][] {
  if (privateSize(path) === undefined) return scopes.map(() => []);
  using db = connect(path, { readonly: true, waitMs: busyMs });
  const get = db.prepare<[string], Raw>('SELECT scope, engine, body, crc FROM costs WHERE scope = ?').raw();
  return scopes.map((scope) => get.all(scope).filter(isRight).map(costOf));
}

function write(path: string, learnt: readonly { scope: string; row: CostRow }[]): void {
  makePrivate(path);
  privateSize(path);
  using db = connect(path, { readonly: false, waitMs: busyMs });
  db.pragma('synchronous = OFF'); // what a power cut takes is learnt again
  if (db.pragma('quick_check(1)', { simple: true }) !== 'ok') throw damaged('it is not what was written');
  db.exec(schema);
  const put = db.prepare<Raw>('INSERT OR REPLACE INTO costs (scope, engine, body, crc) VALUES (?, ?, ?, ?)');
  inOne(db, () => learnt.forEach(({ scope, row }) => void put.run(...rawOf(scope, row))));
}

function rawOf(scope: string, row: CostRow): Raw {
  const body = JSON.stringify(row);
  return [scope, row.engine, body, crcOf(`${scope} ${row.engine}`, body)];
}

function isRight([scope, engine, body, crc]: Raw): boolean {
  return crcOf(`${scope} ${engine}`, body) === crc;
}

function costOf([, , body]: Raw): CostRow {
  return JSON.parse(body) as CostRow;
}
