import type { Command } from 'commander';
import { TransferError } from '../../errors.ts';
import type { ListedRun } from '../../journal/list.ts';
import { typed } from '../../report/typed.ts';
import { stateDirs } from '../flags/state.ts';
import { type Finish, verb } from '../verb.ts';
import { type AgainFlags, againFlags, runAgain } from './again.ts';
import { canContinue, newestUnfinished, runCalled } from './find.ts';

export function resumeVerb(finish: Finish): Command {
  const command = verb('resume', {
    summary: 'continue a run where it stopped',
    description:
      'Continues a run exactly where it stopped, with its places and settings; nothing that is done is read ' +
      'again. Without ID the newest unfinished run that no later one has done the work of.',
    examples: [
      ['runs resume', 'the newest that is unfinished'],
      ['runs resume 20261120-1412-7f3a9c', 'this one'],
    ],
    exits: [0, 1, 2, 3, 4, 5, 6, 129, 130, 143],
  }).argument('[ID]', 'of the run, or the start of it');
  return againFlags(command).action(async (id: string | undefined, flags: AgainFlags) =>
    finish(await resume(id, flags)),
  );
}

async function resume(id: string | undefined, flags: AgainFlags): Promise<number> {
  const state = stateDirs(flags.stateDir);
  const run = id === undefined ? await newestUnfinished(state) : await runCalled(state.stateDir, id);
  if (!canContinue(run) && run.state !== 'running') throw finished(run, state.namedStateDir);
  return runAgain(run, { resume: run.id }, flags);
}

function finished({ id, state, failures }: ListedRun, namedStateDir: string | undefined): TransferError {
  const hint =
    failures > 0
      ? `${typed(`runs retry ${id}`, namedStateDir)} tries again what failed`
      : 'start the transfer again';
  return new TransferError('usage', `run ${id} is not unfinished but ${state}`, { hint });
}
