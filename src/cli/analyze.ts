import type { Command } from 'commander';
import { exitCodes } from '../errors.ts';
import { accessFlags, meansToMove } from './access/access.ts';
import { draw } from './analyze/picture.ts';
import { type AnalyzeFlags, analyzeRequest } from './analyze/request.ts';
import { streamsFlag } from './flags/compare.ts';
import { leavingState } from './flags/own-state.ts';
import { selectFlags } from './flags/select.ts';
import { stateFlags } from './flags/state.ts';
import { everyFailure, voiceFlags } from './flags/voice.ts';
import { type Finish, verb } from './verb.ts';
import { speak } from './voice/voice.ts';
import { destOf, sourceOf } from './words/places.ts';

export function analyzeVerb(finish: Finish): Command {
  const command = verb('analyze', {
    summary: 'say what SRC holds and which strategy would move it best',
    description:
      'Walks SRC once, shows what it holds, what of it DEST lacks or has in another state, and predicts for every ' +
      'strategy how long it would take and why it fits or not. Copies nothing.',
    examples: [
      ['analyze /data', 'what is there'],
      ['analyze /data /backup/data', 'and how it would get there'],
      ['analyze --json /data /backup/data', 'the same for a program'],
    ],
    exits: [0, 1, 2, 3, 5, 129, 130, 143],
  })
    .argument('SRC', 'a directory or a file')
    .argument('[DEST]', 'where it would go');
  streamsFlag(command);
  stateFlags(command);
  accessFlags(command);
  voiceFlags(selectFlags(command), everyFailure);
  return command.action(async (source: string, dest: string | undefined, flags: AnalyzeFlags) => {
    const ends = { source: sourceOf(source), dest: dest === undefined ? undefined : destOf(dest) };
    const request = await analyzeRequest(flags);
    finish(
      await speak(flags, { onlyResults: true }, async (stage) => {
        const { analyze } = await import('../analyze.ts');
        await using means = meansToMove(ends.source, flags, stage);
        const { stateDir } = request;
        const wanted = leavingState(request, { places: [ends.source], stateDir }, stage.report);
        const analysis = await analyze(ends, wanted, means);
        stage.control.signal.throwIfAborted(); // half a picture is none
        if (!flags.quiet) await draw(analysis, ends, stage);
        return analysis.failed > 0 ? exitCodes.partial : exitCodes.done;
      }),
    );
  });
}
