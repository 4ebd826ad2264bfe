import type { Command } from 'commander';
import { exitCodes } from '../errors.ts';
import type { Location } from '../location/location.ts';
import { jsonLine } from '../report/json.ts';
import type { AnalyzeRequest } from '../request.ts';
import { type StateFlags, stateFlags, streamsFlag, type VoiceFlags, voiceFlags } from './flags.ts';
import { placeOf, sourceOf } from './places.ts';
import { type SelectFlags, selectFlags, selectionOf } from './select.ts';
import { stateDirOf } from './state.ts';
import { type Finish, verb } from './verb.ts';
import { type Stage, speak } from './voice.ts';

type Flags = SelectFlags & StateFlags & VoiceFlags & { readonly streams: number | 'auto' };
type Ends = { readonly source: Location; readonly dest: Location | undefined };

export function analyzeVerb(finish: Finish): Command {
  const command = verb('analyze', {
    summary: 'say what SRC holds and which strategy would move it best',
    description:
      'Walks SRC once, shows what it holds, and predicts for every strategy how long it would take to DEST and ' +
      'why it fits or not. Copies nothing.',
    examples: [
      ['analyze /data', 'what is there'],
      ['analyze /data /backup/data', 'and how it would get there'],
      ['analyze --json /data /backup/data', 'the same for a program'],
    ],
    exits: [0, 1, 2, 129, 130, 143],
  })
    .argument('SRC', 'a directory or a file')
    .argument('[DEST]', 'where it would go');
  streamsFlag(command);
  stateFlags(command);
  voiceFlags(selectFlags(command));
  return command.action(async (source: string, dest: string | undefined, flags: Flags) => {
    const ends = { source: sourceOf(source), dest: dest === undefined ? undefined : placeOf(dest) };
    const request = await requestOf(flags);
    finish(await speak(flags, { onlyResults: true }, (stage) => picture(ends, request, { stage, flags })));
  });
}

async function picture(
  { source, dest }: Ends,
  request: AnalyzeRequest,
  { stage, flags }: { readonly stage: Stage; readonly flags: Flags },
): Promise<number> {
  const { analyze } = await import('../analyze.ts');
  const analysis = await analyze(source, dest, request, stage.report, stage.control);
  if (flags.json) {
    stage.printer.result(jsonLine('analysis', analysis));
    return exitCodes.done;
  }
  const { renderAnalysis } = await import('../report/picture.ts');
  stage.printer.result(renderAnalysis(analysis, look()));
  return exitCodes.done;
}

/** How wide and colourful standard output may be. */
function look(): { columns: number; colour: boolean } {
  const { isTTY, columns } = process.stdout;
  const plain = !isTTY || Boolean(process.env.NO_COLOR) || process.env.TERM === 'dumb';
  return { columns: columns ?? 80, colour: !plain };
}

async function requestOf(flags: Flags): Promise<AnalyzeRequest> {
  return {
    ...(await selectionOf(flags)),
    strategy: 'auto',
    streams: flags.streams,
    stateDir: stateDirOf(flags.stateDir),
  };
}
