/** How much of a first copy the Journal takes: what it says itself, over the time on the clock. */
import { join } from 'node:path';
import { finished, transfer } from '../contenders.ts';
import { type Contender, contest, type Ran, wallMs } from '../contest.ts';
import { differences } from '../judge.ts';
import { kindOf } from '../machine.ts';
import { atMost, type Bench, type Row, type Target } from '../row.ts';
import { remove, smallFiles } from '../trees.ts';

const mostPercent = 5;

export const journal: Row = {
  title: "the Journal's share of a first copy",
  run(bench) {
    const source = join(bench.work, 'source');
    smallFiles(source, 100_000 * bench.scale, 4096);
    const contenders = [
      copying(bench, source, 'difpipe, state in memory', join(bench.work, 'state')),
      copying(bench, source, 'difpipe, state on disk', join(bench.disk, 'state')),
    ];
    const ran = contest(contenders, bench);
    return { ran, targets: ran.map(targetOf), notes: [`the disk is ${kindOf(bench.disk)}`] };
  },
};

function targetOf(ran: Ran): Target {
  const clock = wallMs(ran);
  const shares = ran.outputs.map((stdout, round) => (100 * finished(stdout).journalMs) / clock[round]!);
  const target = atMost(mostPercent, '%', shares);
  return { ...target, toReach: `${ran.name}: ${target.toReach}` };
}

function copying({ work }: Bench, source: string, name: string, state: string): Contender {
  const dest = join(work, 'copy');
  return {
    name,
    argv: transfer({ source, dest }, state),
    before: () => remove(dest, state),
    judge: () => differences(source, dest, 'everything'),
  };
}
