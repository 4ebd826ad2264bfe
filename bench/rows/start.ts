/** What it takes to start, and to move next to nothing. */
import * as fs from 'node:fs';
import { join } from 'node:path';
import { transfer } from '../contenders.ts';
import { type Contender, contest, type Ran, wallMs } from '../contest.ts';
import { differences } from '../judge.ts';
import { kindOf } from '../machine.ts';
import { atMost, type Bench, type Row, type Target } from '../row.ts';
import { difpipe } from '../tools.ts';
import { largeFiles, remove } from '../trees.ts';

const leastRuns = 15;
const versionMs = 60;
const fileMs = 150;

export const start: Row = {
  title: '`difpipe --version`; one 1 KB file',
  run(bench) {
    largeFiles(join(bench.work, 'source'), 1, 1024);
    const nothing = { before: () => undefined, judge: () => undefined };
    const contenders: Contender[] = [
      { name: 'difpipe --version', argv: [difpipe, '--version'], ...nothing },
      first(bench, 'difpipe, 1 KB, first run', join(bench.work, 'state')),
      again(bench, 'difpipe, 1 KB, known route', join(bench.work, 'state')),
      first(bench, 'difpipe, 1 KB, first run, state on disk', join(bench.disk, 'state')),
      again(bench, 'difpipe, 1 KB, known route, state on disk', join(bench.disk, 'state')),
    ];
    const ran = contest(contenders, { ...bench, runs: Math.max(leastRuns, bench.runs) });
    return { ran, targets: ran.map(targetOf), notes: [`the disk is ${kindOf(bench.disk)}`] };
  },
};

function targetOf(ran: Ran, at: number): Target {
  const target = atMost(at === 0 ? versionMs : fileMs, 'ms', wallMs(ran));
  return { ...target, toReach: `${ran.name}: ${target.toReach}` };
}

function first(bench: Bench, name: string, state: string): Contender {
  return oneFile(bench, name, state, () => remove(state));
}

/** The route was copied before, but somebody took the copy away. */
function again(bench: Bench, name: string, state: string): Contender {
  return oneFile(bench, name, state, () => {
    if (!fs.existsSync(state)) throw new Error('the first run comes before this one');
  });
}

function oneFile({ work }: Bench, name: string, state: string, before: () => void): Contender {
  const [source, dest] = [join(work, 'source'), join(work, 'copy')];
  return {
    name,
    argv: transfer({ source, dest }, state),
    before() {
      remove(dest);
      before();
    },
    judge: () => differences(source, dest, 'everything'),
  };
}
