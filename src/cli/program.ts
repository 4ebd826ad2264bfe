import type { Command } from 'commander';
import { analyzeVerb } from './analyze.ts';
import { cleanVerb } from './clean.ts';
import { completionVerb } from './completion.ts';
import { doctorVerb } from './doctor.ts';
import { lsVerb } from './ls.ts';
import { runsVerb } from './runs.ts';
import { splitVerb } from './split.ts';
import { transferVerb } from './transfer.ts';
import { allExits } from './usage/exits.ts';
import { refuseEmptyNames } from './usage/wrong.ts';
import { type Finish, verb } from './verb.ts';
import { verifyVerb } from './verify.ts';

/** All verbs as one tree of commands, which parses argv, prints help and is what shell completion is made of. */
export function buildProgram(finish: Finish): Command {
  const program = verb('difpipe', {
    summary: 'moves trees of files, picks the way to do it, and picks up where it stopped',
    description: 'Moves trees of files, picks the way to do it, and picks up where it stopped.',
    examples: [
      ['transfer /data /backup/data', 'copy what is in /data into /backup/data'],
      ['verify --checksum /data /backup/data', 'compare both, every byte'],
      ['runs', 'what ran here, and what can be continued'],
    ],
    exits: allExits,
  })
    .option('-V, --version', 'print the version')
    .helpCommand('help [verb]', 'show the help of a verb')
    .usage('VERB [options]')
    .enablePositionalOptions()
    .hook('preAction', (_, asked) => refuseEmptyNames(asked));
  const verbs = [transferVerb, analyzeVerb, verifyVerb, lsVerb, runsVerb, splitVerb, cleanVerb, doctorVerb];
  for (const make of verbs) program.addCommand(make(finish));
  return program.addCommand(completionVerb(finish, program));
}
