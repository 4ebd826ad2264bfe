/** Many small files over SSH on this machine: there, back, and from one host to another. */
import { join } from 'node:path';
import { type Contender, contest, type Ran, wallMs } from '../contest.ts';
import { startHosts } from '../host.ts';
import { differences } from '../judge.ts';
import { between, hither, thither, type Way } from '../over-ssh.ts';
import { type Bench, type Row, type Target, within } from '../row.ts';
import { spread } from '../stats.ts';
import { remove, smallFiles } from '../trees.ts';

const ports = [22_401, 22_402] as const;
const files = 100_000;

export const ssh: Row = {
  title: '100,000 files averaging 4 KB over SSH on loopback, first copy',
  run(bench) {
    using started = startHosts(bench.work, ports);
    const [first, second] = started?.hosts ?? [];
    if (!first || !second) return { ran: [], targets: [], notes: ['sshd is missing'] };
    const source = join(bench.work, 'source');
    smallFiles(source, files * bench.scale, 4096);
    const there = run('there', thither(bench, source, first), bench, source);
    const back = run('back', hither(bench, source, first), bench, source);
    const across = run('host to host', between(bench, source, [first, second]), bench, source);
    const targets = [there, back].flatMap((ran) => [
      within(0.6, ran, ran[1]!.name),
      within(1.05, ran, ran[2]!.name),
    ]);
    return {
      ran: [there, back, across].flat(),
      targets: [...targets, atLeast(8000, across[0]!, bench)],
      notes: [],
    };
  },
};

function run(name: string, way: Way, bench: Bench, source: string): Ran[] {
  const dest = join(bench.work, 'copy');
  const contenders = way.map(
    (one): Contender => ({
      name: `${one.name}, ${name}`,
      argv: one.argv,
      before: () => remove(dest, join(bench.work, 'state')),
      judge: () => differences(source, dest, 'everything'),
    }),
  );
  return contest(contenders, bench);
}

function atLeast(perSecond: number, ours: Ran, { scale }: Bench): Target {
  const { median } = spread(wallMs(ours).map((ms) => (files * scale * 1000) / ms));
  return {
    toReach: `host to host, at least ${perSecond} files/s`,
    got: `${median.toFixed(0)} files/s`,
    isReached: median >= perSecond,
  };
}
