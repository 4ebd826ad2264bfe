import { existsSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Makes a directory and those above it, 0700 each unless another mode is asked for, where they are missing; returns
 * the first that was made, undefined when all were there. Node's own recursive mkdir never returns where the kernel
 * answers ENOENT below what is there, as in /proc.
 */
export function makeDirectories(path: string, mode = 0o700): string | undefined {
  if (existsSync(path)) return undefined;
  const above = makeDirectories(dirname(path), mode);
  return makeOne(path, mode) ? (above ?? path) : above;
}

/** False: another process was quicker. */
function makeOne(path: string, mode: number): boolean {
  try {
    mkdirSync(path, { mode });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}
