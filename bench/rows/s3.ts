/** To a bucket and back, beside rclone: small objects, larger ones, one that is very large, and a tree unchanged. */
import { join } from 'node:path';
import { type Bucket, startBucket } from '../bucket.ts';
import { keepState, transfer } from '../contenders.ts';
import { type Contender, contest, cpuMs, type Ran } from '../contest.ts';
import { differences } from '../judge.ts';
import { measure } from '../measure.ts';
import { type Bench, type Row, type RowResult, within } from '../row.ts';
import { spread } from '../stats.ts';
import { largeFiles, remove, smallFiles } from '../trees.ts';

type Work = {
  readonly what: string;
  readonly objects: number;
  readonly limit: number;
  readonly flags: readonly string[]; // rclone's
  readonly make: (root: string, objects: number) => void;
};

const MiB = 1024 * 1024;
const many = ['--transfers', '16', '--checkers', '16'];

export const s3: Row = {
  title: 'objects in a bucket on this machine',
  run(bench) {
    using bucket = startBucket(bench.work);
    if (!bucket) return { ran: [], targets: [], notes: ['scripts/peer versitygw was not run'] };
    const { scale } = bench;
    const works: readonly Work[] = [
      {
        what: '4 KB',
        objects: 20_000 * scale,
        limit: 0.8,
        flags: many,
        make: (root, count) => smallFiles(root, count, 4096),
      },
      {
        what: '1 MiB',
        objects: 2000 * scale,
        limit: 0.9,
        flags: many,
        make: (root, count) => largeFiles(root, count, MiB),
      },
      {
        what: '4 GB',
        objects: 1,
        limit: 0.9,
        flags: ['--s3-upload-concurrency', '8', '--multi-thread-streams', '8'],
        make: (root) => largeFiles(root, 1, Math.round(4e9 * scale)),
      },
    ];
    const parts = works.map((work) => moved(bench, bucket, work));
    return {
      ran: parts.flatMap(({ ran }) => ran),
      targets: parts.flatMap(({ targets }) => targets),
      notes: parts.flatMap(({ notes }) => notes),
    };
  },
};

/** Up, down, and up again with nothing to do. */
function moved(bench: Bench, bucket: Bucket, work: Work): RowResult {
  const source = join(bench.work, 'source');
  work.make(source, work.objects);
  try {
    const up = race(bench, bucket, work, 'up');
    const down = race(bench, bucket, work, 'down');
    const again = race(bench, bucket, work, 'unchanged');
    const limits = [work.limit, work.limit, 0.5];
    const ran = [up, down, again];
    const targets = ran.map((one, at) => within(limits[at]!, one, one[1]?.name ?? 'rclone'));
    return { ran: ran.flat(), targets, notes: [up, down].flat().map((one) => perObject(one, work)) };
  } finally {
    remove(source);
  }
}

type Way = 'up' | 'down' | 'unchanged';

function race(bench: Bench, bucket: Bucket, { what, flags }: Work, way: Way): Ran[] {
  const [source, copy, state] = ['source', 'copy', 'state'].map((name) => join(bench.work, name)) as [
    string,
    string,
    string,
  ];
  const place = (who: string) => `s3://${bucket.name}/${who}`;
  const ours = way === 'down' ? { source: place('ours'), dest: copy } : { source, dest: place('ours') };
  const theirs = `b:${bucket.name}/theirs`;
  const [from, to] = way === 'down' ? [theirs, copy] : [source, theirs];
  const argv = [...bucket.env, ...transfer(ours, state)];
  if (way === 'unchanged') measure(argv, bench.work, bench.tools.copier); // whatever is remembered, is now
  const clear = {
    up: () => remove(state),
    down: () => remove(state, copy),
    unchanged: way === 'unchanged' ? keepState(state) : () => undefined,
  }[way];
  const contender = (name: string, words: readonly string[], who: string): Contender => ({
    name: `${name}, ${what} ${way}`,
    argv: words,
    before: () => {
      clear();
      if (way === 'up') bucket.clear(who);
    },
    judge: () => (way === 'down' ? differences(source, copy, 'content') : undefined),
  });
  const words = [
    ...bucket.env,
    bucket.rclone ?? 'rclone',
    'copy',
    '--s3-no-check-bucket',
    ...flags,
    from,
    to,
  ];
  const all = [contender('difpipe', argv, 'ours')];
  if (bucket.rclone) all.push(contender('rclone', words, 'theirs'));
  return contest(all, bench);
}

function perObject(ran: Ran, { objects }: Work): string {
  const { median } = spread(cpuMs(ran));
  return `${ran.name}: ${((median * 1000) / objects).toFixed(0)} µs of processor time an object`;
}
