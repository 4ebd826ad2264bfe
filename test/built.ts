import { execFileSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const file = join(root, 'dist/difpipe');

/** The path of the one-file program, built first if it is older than what it is made of. */
export function built(): string {
  const made = changed(file);
  const parts = globSync(['src/**', 'scripts/*.ts', 'package.json', 'package-lock.json'], {
    cwd: root,
  });
  if (made === 0 || parts.some((part) => changed(join(root, part)) > made)) {
    execFileSync(process.execPath, [join(root, 'scripts/build.ts')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return file;
}

function changed(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
