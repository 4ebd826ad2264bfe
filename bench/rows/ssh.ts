/** Many small files over SSH on this machine: there, back, and from one host to another. */
import { join } from 'node:path';
import { transfer } from '../contenders.ts';
import { type Contender, contest, type Ran, wallMs } from '../contest.ts';
import { type Host, startHosts } from '../host.ts';
import { differences } from '../judge.ts';
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

type Way = readonly { readonly name: string; readonly argv: readonly string[] }[];

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

function thither(bench: Bench, source: string, { env, place, ssh: shell }: Host): Way {
  const dest = join(bench.work, 'copy');
  const state = join(bench.work, 'state');
  return [
    { name: 'difpipe', argv: [...env, ...transfer({ source, dest: place(dest) }, state)] },
    { name: 'rsync -a', argv: ['rsync', '-a', '-e', shell, `${source}/`, `root@127.0.0.1:${dest}/`] },
    {
      name: 'tar to ssh tar',
      argv: piped(`tar -C ${source} -c . | ${shell} root@127.0.0.1 "mkdir ${dest} && tar -C ${dest} -xp"`),
    },
  ];
}

function hither(bench: Bench, source: string, { env, place, ssh: shell }: Host): Way {
  const dest = join(bench.work, 'copy');
  const state = join(bench.work, 'state');
  return [
    { name: 'difpipe', argv: [...env, ...transfer({ source: place(source), dest }, state)] },
    { name: 'rsync -a', argv: ['rsync', '-a', '-e', shell, `root@127.0.0.1:${source}/`, `${dest}/`] },
    {
      name: 'ssh tar to tar',
      argv: piped(`mkdir ${dest} && ${shell} root@127.0.0.1 tar -C ${source} -c . | tar -C ${dest} -xp`),
    },
  ];
}

function between(bench: Bench, source: string, [from, to]: readonly [Host, Host]): Way {
  const dest = join(bench.work, 'copy');
  const state = join(bench.work, 'state');
  return [
    {
      name: 'difpipe',
      argv: [...from.env, ...transfer({ source: from.place(source), dest: to.place(dest) }, state)],
    },
    {
      name: 'ssh tar to ssh tar',
      argv: piped(
        `${from.ssh} root@127.0.0.1 tar -C ${source} -c . | ${to.ssh} root@127.0.0.1 "mkdir ${dest} && tar -C ${dest} -xp"`,
      ),
    },
  ];
}

function piped(script: string): string[] {
  return ['bash', '-c', `set -o pipefail; ${script}`];
}

function atLeast(perSecond: number, ours: Ran, { scale }: Bench): Target {
  const { median } = spread(wallMs(ours).map((ms) => (files * scale * 1000) / ms));
  return {
    toReach: `host to host, at least ${perSecond} files/s`,
    got: `${median.toFixed(0)} files/s`,
    isReached: median >= perSecond,
  };
}
