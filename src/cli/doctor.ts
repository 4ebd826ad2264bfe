import { tmpdir } from 'node:os';
import type { Command } from 'commander';
import { exitCodes } from '../errors.ts';
import { jsonLine } from '../report/json.ts';
import { costLines } from './doctor/costs.ts';
import { examine, type Findings } from './doctor/examine.ts';
import { findingLines } from './doctor/lines.ts';
import { type StateFlags, stateDirOf, stateFlags } from './flags/state.ts';
import { type Finish, verb } from './verb.ts';
import { speak } from './voice/voice.ts';
import { textOfWord } from './words/values.ts';

type Flags = StateFlags & { readonly json?: boolean; readonly calibrate?: string | true };

export function doctorVerb(finish: Finish): Command {
  const command = verb('doctor', {
    summary: 'look at what this machine offers, and what stands in the way',
    description:
      'Tools with their versions, and which are too old to be safe and why; limits on open files, cores and ' +
      'memory; where runs are remembered, and whether they can be. Changes nothing, but --calibrate remembers.',
    examples: [
      ['doctor', 'for a person'],
      ['doctor --json', 'for a program'],
      ['doctor --calibrate', 'measure what transfers on this machine cost, for better predictions'],
      ['doctor --calibrate /mnt/disk', 'the same on another disk'],
    ],
    exits: [0, 1, 2, 129, 130, 143],
  });
  stateFlags(command)
    .option('--json', 'one JSON object on standard output')
    .option(
      '--calibrate [dir]',
      'copy about 600 MB of its own in a temporary directory, or below DIR, and learn',
    );
  return command.action(async ({ json = false, stateDir, calibrate }: Flags) => {
    if (calibrate !== undefined) return finish(await calibrated(calibrate, stateDirOf(stateDir), json));
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

function calibrated(where: string | true, stateDir: string, json: boolean): Promise<number> {
  const flags = { json, progress: 'none' } as const;
  return speak(flags, { onlyResults: false }, async ({ printer, control }) => {
    const dir = where === true ? tmpdir() : textOfWord(where);
    const { calibrate } = await import('../calibrate.ts');
    const costs = await calibrate(dir, stateDir, control);
    const lines = json ? [jsonLine('calibrated', { costs })] : costs.flatMap(costLines);
    for (const line of lines) printer.result(line);
    return exitCodes.done;
  });
}
