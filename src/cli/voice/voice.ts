/** How a verb that runs for a while speaks: the reporters its flags ask for, its errors and its exit code. */
import { setImmediate as turn } from 'node:timers/promises';
import type { Control } from '../../control.ts';
import { exitCodes, TransferError } from '../../errors.ts';
import type { Report } from '../../report/events.ts';
import { createPrinter, type Printer } from '../../report/printer.ts';
import { fewestOpenFiles, moreOpenFiles, openFiles } from '../../work/open-files.ts';
import type { VoiceFlags } from '../flags/voice.ts';
import { voiceOf } from './reporters.ts';
import { brokenPipe, isUnheard, steer, unheard } from './signals.ts';
import { tellError } from './tell.ts';

export type Stage = {
  readonly report: Report;
  readonly control: Control;
  readonly printer: Printer;
  readonly json: boolean;
};

type Manner = {
  /** Nothing is left to do when nobody reads the results any more. */
  readonly onlyResults: boolean;
};

/**
 * Runs `work`, says what it reports, and returns its exit code, which is 0 unless it says otherwise. Errors are
 * said here, not thrown.
 */
export async function speak(
  flags: VoiceFlags,
  { onlyResults }: Manner,
  work: (stage: Stage) => Promise<number | undefined>,
): Promise<number> {
  const json = flags.json ?? false;
  const control = steer();
  const printer = createPrinter(() => onlyResults && control.stop(unheard));
  const voice = await voiceOf(flags, printer);
  const report: Report = (event) => {
    if (!isUnheard(control)) voice.report(event);
  };
  control.signal.addEventListener('abort', () => {
    report({ type: 'stopping', signal: String(control.signal.reason) });
  });
  try {
    assertFilesEnough();
    const code = await work({ report, control, printer, json });
    voice.end();
    printer.end();
    await turn(); // write errors arrive a turn late
    return isUnheard(control) ? brokenPipe : (code ?? exitCodes.done);
  } catch (error) {
    voice.end();
    return tellError(error, { json, printer, control });
  }
}

function assertFilesEnough(): void {
  const { soft = fewestOpenFiles } = openFiles();
  if (soft >= fewestOpenFiles) return;
  throw new TransferError('usage', `cannot work with ${soft} open files at most`, {
    hint: `${moreOpenFiles}, or at least ${fewestOpenFiles}`,
  });
}
