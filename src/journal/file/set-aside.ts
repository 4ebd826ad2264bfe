import * as fs from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { removeFile } from '../../work/remove-file.ts';

const kept = 3;
const companions = ['-wal', '-shm', '-journal'];

/**
 * Moves a damaged database out of the way, with its companions, and returns its new name. Only the last few
 * are kept. The WAL goes first: a new database must never meet one that is not its own.
 */
export function setAside(path: string): string {
  const stamp = new Date().toISOString().replace(/[-:.]/g, '');
  const aside = `${path}.damaged-${stamp}`;
  for (const end of [...companions, '']) move(path + end, aside + end);
  dropOlder(path);
  return basename(aside);
}

function move(from: string, to: string): void {
  try {
    fs.renameSync(from, to);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT') throw error;
  }
}

function dropOlder(path: string): void {
  const dir = dirname(path);
  const start = `${basename(path)}.damaged-`;
  const names = fs.readdirSync(dir).filter((name) => name.startsWith(start));
  const stamps = new Set(names.map((name) => name.slice(start.length).split('-')[0]!));
  const old = [...stamps].sort().slice(0, -kept);
  const doomed = names.filter((name) => old.some((stamp) => name.startsWith(start + stamp)));
  for (const name of doomed) removeFile(join(dir, name));
}
