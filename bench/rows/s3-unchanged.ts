/** 100,000 objects that are what they were: to look at them again, beside rclone, which asks for each one's time. */
import { join } from 'node:path';
import { type Bucket, startBucket } from '../bucket.ts';
import { keepState, transfer } from '../contenders.ts';
import { type Contender, contest } from '../contest.ts';
import { measure } from '../measure.ts';
import { type Bench, type Row, type RowResult, within } from '../row.ts';
import { remove, smallFiles } from '../trees.ts';
import { perObject } from './s3.ts';

export const s3Unchanged: Row = {
  title: '100,000 unchanged objects of 1 KB in a bucket on this machine',
  run(bench) {
    using bucket = startBucket(bench.work);
    if (!bucket) return { ran: [], targets: [], notes: ['scripts/peer versitygw was not run'] };
    const source = join(bench.work, 'source');
    const objects = 100_000 * bench.scale;
    smallFiles(source, objects, 1024);
    try {
      return looked(bench, bucket, source, objects);
    } finally {
      remove(source);
    }
  },
};

/** One copy for both: rclone reads the times that difpipe keeps. */
function looked(bench: Bench, bucket: Bucket, source: string, objects: number): RowResult {
  const state = join(bench.work, 'state');
  const dest = `s3://${bucket.name}/all`;
  const ours = [...bucket.env, ...transfer({ source, dest }, state)];
  measure(ours, bench.work, bench.tools.copier);
  const judge = (stdout: string) => (/"copied":[1-9]/.test(stdout) ? 'something was copied' : undefined);
  const all: Contender[] = [{ name: 'difpipe', argv: ours, before: keepState(state), judge }];
  const flags = ['--s3-no-check-bucket', '--transfers', '16', '--checkers', '16'];
  const words = (...more: string[]) => [...bucket.env, bucket.rclone!, 'copy', ...flags, ...more];
  const other = (name: string, ...more: string[]): Contender => ({
    name,
    argv: words(...more, source, `b:${bucket.name}/all`),
    before: () => undefined,
    judge: () => undefined,
  });
  if (bucket.rclone) all.push(other('rclone copy'), other('rclone copy --size-only', '--size-only'));
  const ran = contest(all, bench);
  const notes = [
    'rclone copy asks for each object by itself, because its time is kept beside it; with --size-only it looks at no times',
    ...ran.map((one) => perObject(one, objects)),
  ];
  return { ran, targets: [within(0.5, ran, 'rclone copy')], notes };
}
