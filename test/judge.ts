import { spawn } from 'node:child_process';
import { ended, shell } from './engine/run.ts';

/** What rsync would still change to make `dest` the same as `source`, a line each; empty when nothing. */
export async function judge(source: string, dest: string, ...flags: string[]): Promise<string> {
  const words = ['-naHAXSi', '--delete', '--checksum', ...flags, `${source}/`, `${dest}/`];
  const { status, stdout, stderr } = await ended(spawn('rsync', words));
  if (status !== 0) return `rsync: exit ${status}: ${stderr}`;
  return stdout.toString('latin1');
}

/** Every entry below a directory, however deep, with what `find -printf` calls these fields, in order. */
export async function listing(root: string, fields: string): Promise<string[]> {
  const found = await shell(root, 'find . -printf "$0"', `%p ${fields}\\0`);
  return found.split('\0').filter(Boolean).sort();
}

/** Inodes and ctimes of all that is below a directory, and of itself: changes when anything is touched. */
export function touches(root: string): Promise<string[]> {
  return listing(root, '%i %C@');
}
