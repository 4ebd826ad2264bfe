// Swaps directories with a symlink to somewhere else and back, for ever; says how often, now and then. One that is not
// there is just being made in the place of a symlink.
import { writeSync } from 'node:fs';
import { AT_FDCWD } from '../../src/work/posix/constants.ts';
import { renameat2 } from '../../src/work/posix/libc.ts';
import { constant } from '../../src/work/posix/memory.ts';

const RENAME_EXCHANGE = 2;
const ENOENT = 2;

const [link, ...dirs] = process.argv.slice(2).map((path) => constant(path)) as [number, ...number[]];
for (let swaps = 0; ; swaps++) {
  const dir = dirs[(swaps >> 1) % dirs.length]!;
  const failed = renameat2(AT_FDCWD, link, AT_FDCWD, dir, RENAME_EXCHANGE);
  if (failed < 0 && failed !== -ENOENT) throw new Error(`cannot swap: ${failed}`);
  if (swaps % 1000 === 999) writeSync(1, `${swaps}\n`);
}
