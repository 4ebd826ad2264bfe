import type { Command } from 'commander';
import { exitCodes } from '../../errors.ts';
import { createPrinter } from '../../report/printer.ts';
import { stateDirOf } from '../flags/state.ts';
import { type Finish, verb } from '../verb.ts';
import { begunOf } from './begun.ts';
import { runCalled } from './find.ts';
import { failedLine, showLines } from './lines.ts';
import { type RunsFlags, runsFlags } from './list.ts';

export function showVerb(finish: Finish): Command {
  const command = verb('show', {
    summary: 'all about one run: settings, what was done, what failed',
    description:
      'All about one run: its places and settings, what it did and how long that took beside what was predicted, ' +
      'and a line for each entry that failed.',
    examples: [
      ['runs show 20261120-1412-7f3a9c', 'by its id, or the start of it'],
      ['runs show --json 20261120', 'a JSON object, and one more for each failure'],
    ],
    exits: [0, 1, 2],
  }).argument('ID', 'of the run, or the start of it');
  return runsFlags(command).action(async (id: string, flags: RunsFlags) => finish(await sayRun(id, flags)));
}

async function sayRun(id: string, { stateDir, json = false }: RunsFlags): Promise<number> {
  const dir = stateDirOf(stateDir);
  const run = await runCalled(dir, id);
  const { failuresOf, listRuns } = await import('../../journal/list.ts');
  const begun = json ? undefined : await begunOf(dir, run, listRuns(dir).runs);
  const printer = createPrinter(() => undefined);
  for (const line of showLines(run, json, begun)) printer.result(line);
  for (const failure of failuresOf(dir, run)) printer.result(failedLine(failure, json));
  printer.end();
  return exitCodes.done;
}
