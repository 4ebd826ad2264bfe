import type { Command } from 'commander';
import { exitCodes } from '../../errors.ts';
import { eventFields, jsonLine } from '../../report/json.ts';
import { createPrinter } from '../../report/printer.ts';
import { failureText } from '../../report/sentences.ts';
import { printable } from '../../report/show.ts';
import type { StateFlags } from '../flags.ts';
import { stateDirOf } from '../state.ts';
import { type Finish, verb } from '../verb.ts';
import { runCalled } from './find.ts';
import { runFields, runLines } from './lines.ts';
import { runsFlags } from './list.ts';

type Flags = StateFlags & { readonly json?: boolean };

export function showVerb(finish: Finish): Command {
  const command = verb('show', {
    summary: 'all about one run: settings, what was done, what failed',
    examples: [
      ['runs show 20261120-1412-7f3a9c', 'by its id, or the start of it'],
      ['runs show --json 20261120', 'a JSON object, and one more for each failure'],
    ],
    exits: [0, 1, 2],
  }).argument('ID', 'of the run, or the start of it');
  return runsFlags(command).action(async (id: string, flags: Flags) => finish(await sayRun(id, flags)));
}

async function sayRun(id: string, { stateDir, json }: Flags): Promise<number> {
  const dir = stateDirOf(stateDir);
  const run = await runCalled(dir, id);
  const { failuresOf } = await import('../../journal/list.ts');
  const printer = createPrinter(() => undefined);
  if (json) printer.result(jsonLine('run', runFields(run)));
  else for (const line of runLines(run)) printer.result(printable(line));
  for (const failure of failuresOf(dir, run)) {
    const event = { type: 'failed', failure } as const;
    printer.result(json ? jsonLine('failed', eventFields.failed(event)) : failureText(failure));
  }
  printer.end();
  return exitCodes.done;
}
