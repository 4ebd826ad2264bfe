import { accessSync, constants, statSync } from 'node:fs';

/** Where the system looks for programs. */
export function searchPath(): string {
  return process.env.PATH ?? '/usr/local/bin:/usr/bin:/bin';
}

/** Where a program is; undefined: nowhere. Only absolute directories count: what lies in the current one is not called by chance. */
export function findInPath(name: string): string | undefined {
  const directories = (process.env.PATH ?? '').split(':').filter((dir) => dir.startsWith('/'));
  return directories.map((dir) => `${dir}/${name}`).find(isProgram);
}

export function isProgram(path: string): boolean {
  try {
    accessSync(path, constants.X_OK);
    return statSync(path).isFile();
  } catch {
    return false;
  }
}
