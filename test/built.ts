/** The program as one file, and the program as tests start it. */
import { execFileSync } from 'node:child_process';
import { globSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '..');
const file = join(root, 'dist/difpipe');

/** The command line that runs the program as bin/difpipe does: the one file where it is new enough, else the sources. */
export const program: readonly [string, ...string[]] = isFresh()
  ? [file]
  : [process.execPath, '--disable-sigusr1', join(root, 'src/main.ts')];

/** The program with these words, for spawn. */
export function programWith(...words: readonly string[]): [command: string, args: string[]] {
  const [command, ...main] = program;
  return [command, [...main, ...words]];
}

/** The path of the one file, built first if it is older than what it is made of. */
export function built(): string {
  if (!isFresh()) {
    execFileSync(process.execPath, [join(root, 'scripts/build.ts')], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
  }
  return file;
}

function isFresh(): boolean {
  const made = changed(file);
  const parts = globSync(['src/**', 'scripts/*', 'package.json', 'package-lock.json'], { cwd: root });
  return made > 0 && parts.every((part) => changed(join(root, part)) <= made);
}

function changed(path: string): number {
  return statSync(path, { throwIfNoEntry: false })?.mtimeMs ?? 0;
}
