/**
 * The files of one route under the state directory, which only their owner may read: a state directory, or a
 * file in it, that is a symlink or belongs to another user is refused.
 */
import * as fs from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { TransferError } from '../../errors.ts';
import { makeDirectories } from '../../work/make-directories.ts';
import { kept } from '../kept.ts';

const { O_CREAT, O_EXCL, O_NOFOLLOW, O_RDWR, O_RDONLY, O_DIRECTORY } = fs.constants;

export type RouteFiles = {
  readonly dir: string;
  readonly db: string;
  readonly wal: string;
  readonly shm: string;
  readonly holder: string; // who holds the lock, as JSON
  readonly lock: string; // an empty database that the holder keeps locked
};

/** Where the databases are. */
export function routesDir(stateDir: string): string {
  return join(resolve(stateDir), kept.routes);
}

export function routeFiles(dir: string, key: string): RouteFiles {
  const db = join(dir, `${key}.db`);
  const lock = join(dir, `${key}.lock`);
  return { dir, db, wal: `${db}-wal`, shm: `${db}-shm`, holder: lock, lock: `${lock}db` };
}

/** Makes the directory of the databases, durably, unless it is there; returns its path. */
export function makeRoutesDir(stateDir: string): string {
  const dir = routesDir(stateDir);
  for (const path of [dirname(dir), dir]) makeDirectory(path);
  if (fs.lstatSync(dir).mode & 0o077) fs.chmodSync(dir, 0o700);
  return dir;
}

function makeDirectory(path: string): void {
  const first = makeDirectories(path);
  if (first !== undefined) syncDownTo(dirname(first), dirname(path));
  const stat = fs.lstatSync(path);
  if (stat.isSymbolicLink()) throw refused(path, 'it is a symlink');
  if (!stat.isDirectory()) {
    throw new TransferError('usage', `cannot use the Journal in ${path}: it is no directory`, {
      hint: 'give another directory with --state-dir',
    });
  }
  checkOwner(path, stat);
}

/** Makes the names from `top` to `bottom` durable. */
function syncDownTo(top: string, bottom: string): void {
  for (let path = bottom; path.length >= top.length; path = dirname(path)) {
    syncDirectory(path);
    if (path === top) return;
  }
}

export function syncDirectory(path: string): void {
  const fd = fs.openSync(path, O_RDONLY | O_DIRECTORY);
  try {
    fs.fsyncSync(fd);
  } finally {
    fs.closeSync(fd);
  }
}

/** An empty file of our own, unless one is there; SQLite gives the files beside it the same mode. */
export function makePrivate(path: string): void {
  try {
    fs.closeSync(fs.openSync(path, O_RDWR | O_CREAT | O_EXCL | O_NOFOLLOW, 0o600));
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
  }
}

/** The size of a file of ours, undefined if there is none; refuses what is not a plain file of ours. */
export function privateSize(path: string): number | undefined {
  const stat = fs.lstatSync(path, { throwIfNoEntry: false });
  if (stat === undefined) return undefined;
  if (!stat.isFile()) throw refused(path, stat.isSymbolicLink() ? 'it is a symlink' : 'it is no plain file');
  checkOwner(path, stat);
  if (stat.mode & 0o077) fs.chmodSync(path, 0o600);
  return stat.size;
}

function checkOwner(path: string, { uid }: fs.Stats): void {
  const me = process.geteuid!();
  if (uid !== me) throw refused(path, `it belongs to user ${uid}, not to ${me}`);
}

function refused(path: string, why: string): TransferError {
  return new TransferError('refused', `cannot keep a Journal in ${path}: ${why}`, {
    hint: 'give another directory with --state-dir',
  });
}
