/** A second run over a million empty files that nobody touched. */
import { statfsSync } from 'node:fs';
import { join } from 'node:path';
import { finished, keepState, transfer } from '../contenders.ts';
import { type Contender, contest, type Ran } from '../contest.ts';
import { differences } from '../judge.ts';
import { measure } from '../measure.ts';
import { atMost, type Bench, compared, type Row, type Target } from '../row.ts';
import { smallFiles } from '../trees.ts';

const memoryMb = 300;

export const unchanged: Row = {
  title: 'a million unchanged empty files in memory, second run',
  run(bench) {
    const count = 1_000_000 * bench.scale;
    const copy = { source: join(bench.work, 'source'), dest: join(bench.work, 'copy') };
    const state = join(bench.work, 'state');
    const { ffree } = statfsSync(bench.work);
    if (ffree < 2.1 * count) throw new Error(`there is no room for ${2.1 * count} inodes in --dir`);
    smallFiles(copy.source, count, 0);
    const first = measure(transfer(copy, state), bench.work, bench.tools.copier);
    const ran = contest(secondRuns(bench, copy, { state, count }), bench);
    const notes = [`the first copy of this tree: ${megabytes(first.sample.peakBytes)} MB at most`];
    return { ran, targets: targetsOf(ran), notes };
  },
};

function targetsOf(ran: readonly Ran[]): Target[] {
  const [ours, trusting] = ran;
  const theirs = ran.find(({ name }) => name === 'rsync -a');
  const trusted = compared({ limit: 0.5, ours: trusting!, theirs, name: 'rsync -a' });
  const peaks = [ours!, trusting!].flatMap(({ samples }) =>
    samples.map(({ peakBytes }) => megabytes(peakBytes)),
  );
  return [
    compared({ limit: 0.75, ours: ours!, theirs, name: 'rsync -a' }),
    { ...trusted, toReach: `${trusted.toReach}, with --trust-journal` },
    atMost(memoryMb, 'MB', peaks),
  ];
}

type Known = { readonly state: string; readonly count: number };

function secondRuns(
  { tools }: Bench,
  { source, dest }: { source: string; dest: string },
  { state, count }: Known,
): Contender[] {
  const before = keepState(state);
  const judge = (stdout: string) => {
    const { tally } = finished(stdout);
    if (tally.copied !== 0 || tally.skipped !== count) return JSON.stringify(tally);
    return differences(source, dest, 'everything');
  };
  const fine = { before: () => undefined, judge: () => undefined };
  const argv = (...flags: readonly string[]) => transfer({ source, dest }, state, ...flags);
  const all: readonly (Contender | false)[] = [
    { name: 'difpipe', argv: argv(), before, judge },
    { name: 'difpipe --trust-journal', argv: argv('--trust-journal'), before, judge },
    tools.has('rsync') && { name: 'rsync -a', argv: ['rsync', '-a', `${source}/`, `${dest}/`], ...fine },
    tools.copier !== undefined && { name: 'C stat', argv: [tools.copier, 'stat', source, dest], ...fine },
  ];
  return all.filter((one) => one !== false);
}

function megabytes(bytes: number): number;
function megabytes(bytes: number | undefined): number | undefined;
function megabytes(bytes: number | undefined): number | undefined {
  return bytes === undefined ? undefined : Math.round(bytes / 1e6);
}
