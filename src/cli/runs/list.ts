import type { Command } from 'commander';
import { exitCodes } from '../../errors.ts';
import { createPrinter } from '../../report/printer.ts';
import { type StateFlags, stateDirOf, stateFlags } from '../flags/state.ts';
import { type Finish, verb } from '../verb.ts';
import { begunOf } from './begun.ts';
import { canContinue } from './find.ts';
import { listLine } from './lines.ts';

export type RunsFlags = StateFlags & { readonly json?: boolean };

export function listVerb(finish: Finish): Command {
  const command = verb('list', {
    summary: 'what ran here, the newest first',
    description: 'One line for each run: its id, state and start, what it moved, from where to where.',
    examples: [
      ['runs list', 'the newest first'],
      ['runs list --json', 'one JSON object each'],
    ],
    exits: [0, 1, 2],
  });
  return runsFlags(command).action(async (flags: RunsFlags) => finish(await sayList(flags)));
}

/** The flags of the verbs that only read or forget. */
export function runsFlags(command: Command): Command {
  return stateFlags(command).option('--json', 'JSON objects on standard output');
}

export async function sayList({ stateDir, json = false }: RunsFlags): Promise<number> {
  const { listRuns } = await import('../../journal/list.ts');
  const dir = stateDirOf(stateDir);
  const { runs, damaged } = listRuns(dir);
  const printer = createPrinter(() => undefined);
  for (const run of runs) {
    const begun =
      json || !canContinue(run) ? undefined : await begunOf(dir, run, runs).catch(() => undefined); // `runs show` says why
    printer.result(listLine(run, json, begun));
  }
  for (const path of damaged) printer.notice(`difpipe: damaged, set aside by the next run: ${path}`);
  if (runs.length === 0) printer.notice(`no runs are kept in ${dir}`);
  printer.end();
  return exitCodes.done;
}
