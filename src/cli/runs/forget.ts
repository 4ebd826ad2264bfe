import type { Command } from 'commander';
import { exitCodes } from '../../errors.ts';
import { jsonLine } from '../../report/json.ts';
import { createPrinter } from '../../report/printer.ts';
import { stateDirOf } from '../state.ts';
import { type Finish, verb } from '../verb.ts';
import { runCalled } from './find.ts';
import { type RunsFlags, runsFlags } from './list.ts';

export function forgetVerb(finish: Finish): Command {
  const command = verb('forget', {
    summary: 'forget a run, so that it cannot be continued',
    description:
      'Forgets what a run did and what was left to do. With the last run of a route everything known of its ' +
      'destination goes: the next run looks at all of it.',
    examples: [['runs forget 20261120-1412-7f3a9c', 'this one']],
    exits: [0, 1, 2, 6],
  }).argument('ID', 'of the run, or the start of it');
  return runsFlags(command).action(async (id: string, flags: RunsFlags) => finish(await forget(id, flags)));
}

async function forget(start: string, { stateDir, json }: RunsFlags): Promise<number> {
  const dir = stateDirOf(stateDir);
  const { forgetRun } = await import('../../journal/forget.ts');
  const { id, route } = forgetRun(dir, (await runCalled(dir, start)).id);
  const printer = createPrinter(() => undefined);
  if (json) printer.result(jsonLine('forgotten', { id, route }));
  else printer.notice(`forgot run ${id}${route ? ', the last of its route' : ''}`);
  printer.end();
  return exitCodes.done;
}
