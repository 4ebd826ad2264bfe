import type { Command } from 'commander';
import { exitCodes, TransferError } from '../../errors.ts';
import type { ListedRun } from '../../journal/list.ts';
import { formatCount } from '../../report/size.ts';
import type { TransferRequest } from '../../request.ts';
import { type AccessFlags, accessFlags } from '../access/access.ts';
import { wishFlags, withWishes } from '../access/s3-wishes.ts';
import { type StateFlags, stateDirs, stateFlags } from '../flags/state.ts';
import { type VoiceFlags, voiceFlags } from '../flags/voice.ts';
import { searchPath } from '../surroundings/path.ts';
import { perform } from '../transfer/perform.ts';
import { type Finish, verb } from '../verb.ts';
import { routeOf, runCalled } from './find.ts';

type Flags = AccessFlags & StateFlags & VoiceFlags;

export function retryVerb(finish: Finish): Command {
  const command = verb('retry', {
    summary: 'try again only what failed in a run',
    description:
      'A new run with the places and settings of another, limited to the paths that failed in that.',
    examples: [['runs retry 20261120-1412-7f3a9c', 'what failed in this one']],
    exits: [0, 1, 2, 3, 4, 5, 6, 129, 130, 143],
  }).argument('ID', 'of the run, or the start of it');
  voiceFlags(wishFlags(accessFlags(stateFlags(command))));
  return command.action(async (id: string, flags: Flags) => finish(await retry(id, flags)));
}

async function retry(id: string, flags: Flags): Promise<number> {
  const state = stateDirs(flags.stateDir);
  const { stateDir } = state;
  const run = await runCalled(stateDir, id);
  if (run.failures === 0) {
    if (!flags.quiet) process.stderr.write(`nothing failed in run ${run.id}\n`);
    return exitCodes.done;
  }
  const { failuresKept } = await import('../../journal/tables/failures-table.ts');
  if (run.failures > failuresKept) throw tooMany(run, failuresKept);
  const { readSettings } = await import('../transfer/settings.ts');
  const request: TransferRequest = {
    ...readSettings(run.id, run.settings),
    filesFrom: { kind: 'failed', run: run.id },
    ...state,
    searchPath: searchPath(),
    resume: undefined,
    verbose: flags.verbose ?? false,
  };
  return perform(routeOf(run), request, withWishes(request.s3, flags));
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
