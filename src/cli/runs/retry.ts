import type { Command } from 'commander';
import { exitCodes, TransferError } from '../../errors.ts';
import type { ListedRun } from '../../journal/list.ts';
import { formatCount } from '../../report/size.ts';
import { stateDirOf } from '../flags/state.ts';
import { type Finish, verb } from '../verb.ts';
import { type AgainFlags, againFlags, runAgain } from './again.ts';
import { runCalled } from './find.ts';

export function retryVerb(finish: Finish): Command {
  const command = verb('retry', {
    summary: 'try again only what failed in a run',
    description:
      'A new run with the places and settings of another, limited to the paths that failed in that.',
    examples: [['runs retry 20261120-1412-7f3a9c', 'what failed in this one']],
    exits: [0, 1, 2, 3, 4, 5, 6, 129, 130, 143],
  }).argument('ID', 'of the run, or the start of it');
  return againFlags(command).action(async (id: string, flags: AgainFlags) => finish(await retry(id, flags)));
}

async function retry(id: string, flags: AgainFlags): Promise<number> {
  const run = await runCalled(stateDirOf(flags.stateDir), id);
  if (run.failures === 0) {
    if (!flags.quiet) process.stderr.write(`nothing failed in run ${run.id}\n`);
    return exitCodes.done;
  }
  const { failuresKept } = await import('../../journal/tables/failures-table.ts');
  if (run.failures > failuresKept) throw tooMany(run, failuresKept);
  return runAgain(run, { filesFrom: { kind: 'failed', run: run.id }, resume: undefined }, flags);
}

function tooMany({ id, failures }: ListedRun, remembered: number): TransferError {
  const [all, kept] = [failures, remembered].map(formatCount);
  return new TransferError(
    'usage',
    `${all} entries failed in run ${id}, of which only ${kept} are remembered`,
    {
      hint: 'start the transfer again: it looks at all of them',
    },
  );
}
