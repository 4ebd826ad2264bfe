/** How a verb that runs for a while speaks: the reporters its flags ask for, its errors and its exit code. */
import type { Control } from '../control.ts';
import { exitCodes } from '../errors.ts';
import type { Report } from '../report/events.ts';
import { createPrinter, type Printer } from '../report/printer.ts';
import type { VoiceFlags } from './flags.ts';
import { voiceOf } from './reporters.ts';
import { steer } from './signals.ts';
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
  const printer = createPrinter(() => onlyResults && control.stop('SIGPIPE'));
  const { report, end } = await voiceOf(flags, printer);
  control.signal.addEventListener('abort', () => sayStopping(control, report));
  try {
    const code = await work({ report, control, printer, json });
    printer.end();
    return code ?? exitCodes.done;
  } catch (error) {
    end();
    return tellError(error, { json, printer, control });
  }
}

function sayStopping({ signal }: Control, report: Report): void {
  if (signal.reason !== 'SIGPIPE') report({ type: 'stopping', signal: String(signal.reason) });
}
