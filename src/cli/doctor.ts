import type { Command } from 'commander';
import { exitCodes } from '../errors.ts';
import { jsonLine } from '../report/json.ts';
import { examine, type Findings } from './doctor/examine.ts';
import { findingLines } from './doctor/lines.ts';
import { type StateFlags, stateFlags } from './flags.ts';
import { stateDirOf } from './state.ts';
import { type Finish, verb } from './verb.ts';

type Flags = StateFlags & { readonly json?: boolean };

export function doctorVerb(finish: Finish): Command {
  const command = verb('doctor', {
    summary: 'look at what this machine offers, and what stands in the way',
    description:
      'Tools with their versions, and which are too old to be safe and why; limits on open files, cores and ' +
      'memory; where runs are remembered, and whether they can be. Changes nothing.',
    examples: [
      ['doctor', 'for a person'],
      ['doctor --json', 'for a program'],
    ],
    exits: [0, 1, 2],
  });
  stateFlags(command).option('--json', 'one JSON object on standard output');
  return command.action(async ({ json, stateDir }: Flags) => {
    const findings = await examine(stateDirOf(stateDir));
    const lines = json ? [jsonLine('doctor', findings)] : findingLines(findings);
    process.stdout.write(`${lines.join('\n')}\n`);
    finish(isWell(findings) ? exitCodes.done : exitCodes.usage);
  });
}

/** Old tools are for other strategies: difpipe itself works without them. */
function isWell({ state, build }: Findings): boolean {
  return state.problem === undefined && build.problem === undefined;
}
