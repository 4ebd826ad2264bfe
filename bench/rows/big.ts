/** One large file. */
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { transfer } from '../contenders.ts';
import { type Contender, contest } from '../contest.ts';
import { type Bench, type Row, within } from '../row.ts';
import { largeFiles, remove } from '../trees.ts';

export const bigBytes = 4 * 2 ** 30;

export const big: Row = {
  title: 'one 4 GB file',
  run(bench) {
    largeFiles(bench.work, 1, Math.round(bigBytes * bench.scale));
    const ran = contest(fileCopiers(bench, bench.work, 'cp'), bench);
    return { ran, targets: [within(1.05, ran, 'cp')], notes: [] };
  },
};

/** difpipe and `cp` with its flags, from one name to another in `dir`. */
export function fileCopiers(bench: Bench, dir: string, ...cp: readonly string[]): Contender[] {
  const source = join(dir, 'large-0');
  const dest = join(dir, 'copy');
  const state = join(bench.work, 'state');
  const shared = {
    before: () => remove(dest, state),
    judge: () => (spawnSync('cmp', [source, dest]).status === 0 ? undefined : 'the bytes differ'),
  };
  return [
    { name: 'difpipe', argv: transfer({ source, dest }, state), ...shared },
    { name: cp.join(' '), argv: [...cp, source, dest], ...shared },
  ];
}
