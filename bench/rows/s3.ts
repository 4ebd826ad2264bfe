/** To a bucket on this machine and back, beside rclone and s5cmd: small objects, larger ones, and one that is very large. */
import { join } from 'node:path';
import { type Bucket, startBucket } from '../bucket.ts';
import { transfer } from '../contenders.ts';
import { type Contender, contest, cpuMs, type Ran } from '../contest.ts';
import { differences } from '../judge.ts';
import { atMost, type Bench, type Row, type RowResult, within } from '../row.ts';
import { spread } from '../stats.ts';
import { largeFiles, remove, smallFiles } from '../trees.ts';

type Work = {
  readonly what: string;
  readonly objects: number;
  /** of what rclone takes, and of what s5cmd does; undefined: it is not compared */
  readonly limits: { readonly rclone: number; readonly s5cmd: number | undefined };
  readonly flags: readonly string[]; // rclone's
  readonly mostMB: number | undefined;
  readonly make: (root: string, objects: number) => void;
};

const MiB = 1024 * 1024;
const many = ['--transfers', '16', '--checkers', '16'];

export const s3 = rowOf('20,000 objects of 4 KB in a bucket on this machine', (scale) => ({
  what: '4 KB',
  objects: 20_000 * scale,
  limits: { rclone: 0.8, s5cmd: 1.1 },
  flags: many,
  mostMB: undefined,
  make: (root, count) => smallFiles(root, count, 4096),
}));

export const s3Mib = rowOf('2,000 objects of 1 MiB in a bucket on this machine', (scale) => ({
  what: '1 MiB',
  objects: 2000 * scale,
  limits: { rclone: 0.9, s5cmd: 1.1 },
  flags: many,
  mostMB: undefined,
  make: (root, count) => largeFiles(root, count, MiB),
}));

export const s3Large = rowOf('one object of 4 GB in a bucket on this machine', (scale) => ({
  what: '4 GB',
  objects: 1,
  limits: { rclone: 0.9, s5cmd: undefined },
  flags: ['--s3-upload-concurrency', '8', '--multi-thread-streams', '8'],
  mostMB: 300,
  make: (root) => largeFiles(root, 1, Math.round(4e9 * scale)),
}));

function rowOf(title: string, workOf: (scale: number) => Work): Row {
  return {
    title,
    run(bench) {
      using bucket = startBucket(bench.work);
      if (!bucket) return { ran: [], targets: [], notes: ['scripts/peer versitygw was not run'] };
      return moved(bench, bucket, workOf(bench.scale));
    },
  };
}

/** Up, and down again. */
function moved(bench: Bench, bucket: Bucket, work: Work): RowResult {
  const source = join(bench.work, 'source');
  work.make(source, work.objects);
  try {
    const both = [race(bench, bucket, work, 'up'), race(bench, bucket, work, 'down')];
    const missing = bucket.s5cmd || !work.limits.s5cmd ? [] : ['scripts/peer s5cmd was not run'];
    return {
      ran: both.flat(),
      targets: both.flatMap((ran) => targetsOf(work, ran)),
      notes: [...missing, ...both.flat().map((one) => perObject(one, work.objects))],
    };
  } finally {
    remove(source);
  }
}

function targetsOf({ limits, mostMB }: Work, ran: readonly Ran[]) {
  const against = (who: 'rclone' | 's5cmd') => {
    const limit = limits[who];
    const name = ran.find((one) => one.name.startsWith(who))?.name ?? who;
    return limit === undefined ? [] : [within(limit, ran, name)];
  };
  const peaks = ran[0]!.samples.map(({ peakBytes }) => peakBytes && peakBytes / 1e6);
  const memory = mostMB === undefined ? [] : [atMost(mostMB, 'MB of memory', peaks)];
  return [...against('rclone'), ...against('s5cmd'), ...memory];
}

type Way = 'up' | 'down';

function race(bench: Bench, bucket: Bucket, { what, flags, limits }: Work, way: Way): Ran[] {
  const [source, copy, state] = ['source', 'copy', 'state'].map((name) => join(bench.work, name));
  const contender = (name: string, who: string, words: readonly string[]): Contender => ({
    name: `${name}, ${what} ${way}`,
    argv: [...bucket.env, ...words],
    before: () => {
      remove(state!, copy!);
      if (way === 'up') bucket.clear(who);
    },
    judge: () => (way === 'down' ? differences(source!, copy!, 'content') : undefined),
  });
  const [from, to] = way === 'up' ? [source!, undefined] : [undefined, copy!];
  const url = (who: string) => `s3://${bucket.name}/${who}`;
  const remote = `b:${bucket.name}/rclone`;
  const ours = transfer({ source: from ?? url('ours'), dest: to ?? url('ours') }, state!);
  const all = [contender('difpipe', 'ours', ours)];
  const { rclone, s5cmd } = bucket;
  const copying = ['copy', '--s3-no-check-bucket', ...flags, from ?? remote, to ?? remote];
  if (rclone) all.push(contender('rclone', 'rclone', [rclone, ...copying]));
  const cp = ['cp', from ? `${from}/` : `${url('s5cmd')}/*`, to ? `${to}/` : `${url('s5cmd')}/`];
  if (s5cmd && limits.s5cmd) all.push(contender('s5cmd', 's5cmd', [s5cmd, '--log', 'error', ...cp]));
  return contest(all, bench);
}

export function perObject(ran: Ran, objects: number): string {
  const { median } = spread(cpuMs(ran));
  return `${ran.name}: ${((median * 1000) / objects).toFixed(0)} µs of processor time an object`;
}
