import type { Command } from 'commander';
import { TransferError } from '../errors.ts';
import { forgetVerb } from './runs/forget.ts';
import { listVerb, type RunsFlags, runsFlags, sayList } from './runs/list.ts';
import { resumeVerb } from './runs/resume.ts';
import { retryVerb } from './runs/retry.ts';
import { showVerb } from './runs/show.ts';
import { allExits } from './usage/exits.ts';
import { type Finish, verb } from './verb.ts';

/** What ran on this machine; alone it lists. */
export function runsVerb(finish: Finish): Command {
  const command = verb('runs', {
    summary: 'list, show, continue, retry and forget what ran here',
    description:
      'Lists what ran here, the newest first: state, start, what was moved, from where to where. Its verbs show ' +
      'all about one run, continue it where it stopped, try again what failed in it, or forget it.',
    examples: [
      ['runs', 'the newest first'],
      ['runs resume', 'continue the newest that is unfinished'],
      ['runs retry 20261120-1412', 'only what failed in it; the start of an id is enough'],
    ],
    exits: allExits,
  })
    .usage('[VERB] [options]')
    .enablePositionalOptions();
  const verbs = [listVerb, showVerb, resumeVerb, retryVerb, forgetVerb];
  for (const make of verbs) command.addCommand(make(finish));
  return runsFlags(command)
    .hook('preSubcommand', refuseFlags)
    .action(async (flags: RunsFlags) => finish(await sayList(flags)));
}

/** They are those of the list: a verb would not see them. */
function refuseFlags(command: Command): void {
  if (Object.keys(command.opts()).length === 0) return;
  throw new TransferError('usage', 'an option stands before the verb of runs', {
    hint: 'options come after the verb',
  });
}
