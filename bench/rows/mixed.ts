/** Small files and large ones, copied for the first time. */
import { join } from 'node:path';
import { copiers } from '../contenders.ts';
import { contest } from '../contest.ts';
import { type Row, within } from '../row.ts';
import { largeFiles, smallFiles } from '../trees.ts';

export const mixed: Row = {
  title: '20,000 small files and 200 of 10 MB, first copy',
  run(bench) {
    const source = join(bench.work, 'source');
    smallFiles(source, 20_000 * bench.scale, 4096);
    largeFiles(join(source, 'large'), 200 * bench.scale, 10_000_000);
    const ran = contest(copiers(bench, source, ['difpipe', 'cp -a', 'rsync -a', 'C']), bench);
    return { ran, targets: [within(0.8, ran, 'cp -a')], notes: [] };
  },
};
