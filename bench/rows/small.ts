/** Many small files, copied for the first time. */
import { join } from 'node:path';
import { copiers } from '../contenders.ts';
import { contest } from '../contest.ts';
import { type Row, within } from '../row.ts';
import { smallFiles } from '../trees.ts';

export const small: Row = {
  title: '100,000 files averaging 4 KB, first copy',
  run(bench) {
    const source = join(bench.work, 'source');
    smallFiles(source, 100_000 * bench.scale, 4096);
    const ran = contest(copiers(bench, source, ['difpipe', 'cp -a', 'rsync -a', 'rclone copy', 'C']), bench);
    const targets = [
      within(0.6, ran, 'cp -a'),
      within(0.4, ran, 'rsync -a'),
      within(0.25, ran, 'rclone copy'),
      within(1.5, ran, 'C'),
    ];
    return { ran, targets, notes: [] };
  },
};
