/** Trees for places over SSH: one with something of everything, one that takes a while. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { shell } from '../engine/run.ts';
import { hollow, MiB, solid, trees } from '../trees.ts';

const script = `
  mkdir deep empty links times; touch 'empty file'; mkfifo fifo
  (cd deep; i=0; while [ $i -lt 100 ]; do mkdir level; echo $i >file; cd level; i=$((i+1)); done)
  mkdir links/far; echo linked >links/a; for at in b far/c far/d; do ln links/a links/$at; done
  for time in 0 1 12345678.9 2000000000.000000001 4294967295.5; do touch -d @$time times/$time; done
  touch -hd @7.5 symlinks*/dangling; touch -d @99.25 deep times; chmod 2750 empty`;

/** What SFTP can tell of: hostile names, 100 levels, links of all kinds, odd modes, old and new times, large files. */
export async function everything(root: string): Promise<void> {
  for (const kind of ['hostile names', 'symlinks of every kind', 'modes'] as const) {
    fs.mkdirSync(join(root, kind), { recursive: true });
    await trees[kind].make(join(root, kind));
  }
  await shell(root, script);
  solid(join(root, 'large'), 66 * MiB);
  hollow(join(root, 'links/big'), 3 * MiB);
  fs.linkSync(join(root, 'links/big'), join(root, 'links/far/big'));
}

/** Small files in some directories, and one of several ranges; each version has the same names and sizes. */
export function ordinary(root: string, { files = 1000, largeMiB = 0, version = 0 } = {}): void {
  for (let i = 0; i < files; i++) {
    const dir = join(root, `d${i % 25}`);
    fs.mkdirSync(dir, { recursive: true });
    fs.writeFileSync(join(dir, `f${i}`), Buffer.alloc((i * 37) % 9000, `${i} in version ${version}. `));
    fs.utimesSync(join(dir, `f${i}`), 1e9, 1e9 + version);
  }
  if (largeMiB === 0) return;
  solid(join(root, 'large'), largeMiB * MiB);
  for (let at = 0; at < largeMiB; at++) mark(join(root, 'large'), at * MiB + 99, `version ${version}`);
  fs.utimesSync(join(root, 'large'), 1e9, 1e9 + version);
}

/** Writes into the middle of a file. */
export function mark(path: string, at: number, text: string): void {
  const fd = fs.openSync(path, 'r+');
  fs.writeSync(fd, text, at);
  fs.closeSync(fd);
}
