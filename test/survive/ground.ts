/** Places for a test to work in: directories in memory or on a disk, small file systems, all gone afterwards. */
import { execFile, execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

export type Place = Disposable & { readonly path: string };

const memory = '/dev/shm';

/** A new directory, in memory where that can be. */
export function place(where: 'memory' | 'disk' = 'memory'): Place {
  const base = where === 'memory' && isWritable(memory) ? memory : tmpdir();
  const path = fs.realpathSync(fs.mkdtempSync(join(base, 'difpipe-survive-')));
  fs.chmodSync(path, 0o755); // ordinary users come by
  return { path, [Symbol.dispose]: () => fs.rmSync(path, { recursive: true, force: true }) };
}

function isWritable(path: string): boolean {
  return fs.existsSync(path) && (fs.statSync(path).mode & 0o002) !== 0;
}

export type Kind = 'ext4' | 'xfs' | 'btrfs';

const makers: Readonly<Record<Kind, readonly string[]>> = {
  ext4: ['mkfs.ext4', '-q', '-F'],
  xfs: ['mkfs.xfs', '-q', '-f'],
  btrfs: ['mkfs.btrfs', '-q', '-f'],
};

/** A new file system of this kind in a file. */
export function makeImage(image: string, kind: Kind, bytes: number, ...flags: string[]): void {
  fs.writeFileSync(image, '');
  fs.truncateSync(image, bytes);
  const [command, ...rest] = makers[kind];
  execFileSync(command!, [...rest, ...flags, image], { stdio: 'pipe' });
}

/** Mounts an image, or another kind of file system, until it is disposed of. */
export function mounted(at: string, ...args: string[]): Place {
  fs.mkdirSync(at, { recursive: true });
  execFileSync('mount', [...args, at], { stdio: 'pipe' });
  return { path: at, [Symbol.dispose]: () => void execFileSync('umount', [at], { stdio: 'pipe' }) };
}

/** The image as a disk holds it when the power fails now: what is only in memory is not in it. */
export async function cutPower(image: string, copy: string): Promise<void> {
  await promisify(execFile)('cp', ['--sparse=always', image, copy]); // others' runs are watched meanwhile
}
