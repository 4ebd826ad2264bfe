/** What takes part: the built difpipe, the peers that are there, the C programs where there is a compiler. */
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';

export const root = join(import.meta.dirname, '..');
export const difpipe = join(root, 'dist/difpipe');

export type Tools = {
  /** undefined where there is no compiler: then nothing is compared with C, and memory is not measured */
  readonly copier: string | undefined;
  readonly has: (name: Peer) => boolean;
};

const versions = {
  cp: ['--version', /^cp \(GNU coreutils\) (\S+)/],
  rsync: ['--version', /version (\S+)/],
  rclone: ['version', /rclone v(\S+)/],
  fpart: ['-V', /fpart v(\S+)/],
} as const;

export type Peer = keyof typeof versions;
export const peers = Object.keys(versions) as Peer[];

export function findTools(work: string): Tools {
  const found = new Set(peers.filter((name) => versionOf(name) !== undefined));
  return { copier: compiled(join(work, 'copier')), has: (name) => found.has(name) };
}

export function versionOf(name: Peer): string | undefined {
  const [flag, pattern] = versions[name];
  const { stdout, stderr, status } = spawnSync(name, [flag], { encoding: 'utf8' });
  return status === 0 ? (pattern.exec(stdout + stderr)?.[1] ?? 'of unknown version') : undefined;
}

function compiled(path: string): string | undefined {
  const source = join(import.meta.dirname, 'copier.c');
  const { status } = spawnSync('cc', ['-O2', '-pthread', '-o', path, source], { stdio: 'inherit' });
  return status === 0 ? path : undefined;
}

/** Builds dist/difpipe where it is older than anything it is made of. */
export function buildIfStale(): void {
  const built = fs.statSync(difpipe, { throwIfNoEntry: false })?.mtimeMs ?? 0;
  const made = [
    'package.json',
    'package-lock.json',
    ...fs.globSync(['src/**', 'scripts/*.ts'], { cwd: root }),
  ];
  if (made.every((path) => fs.statSync(join(root, path)).mtimeMs <= built)) return;
  execFileSync(process.execPath, [join(root, 'scripts/build.ts')], { stdio: 'inherit' });
}

export function compilerVersion(): string {
  const { stdout, status } = spawnSync('cc', ['-dumpfullversion'], { encoding: 'utf8' });
  return status === 0 ? `cc ${stdout.trim()}` : 'cc missing';
}
