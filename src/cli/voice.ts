/** How a verb that runs for a while speaks: the reporters its flags ask for, its errors and its exit code. */
import type { Control } from '../control.ts';
import type { Report } from '../report/events.ts';
import { createPrinter, type Printer } from '../report/printer.ts';
import type { VoiceFlags } from './flags.ts';
import { voiceOf } from './reporters.ts';
import { steer, stoppedCode } from './signals.ts';
import { tellError } from './tell.ts';

export type Stage = { readonly report: Report; readonly control: Control; readonly printer: Printer };

type Manner = {
  /** Nothing is left to do when nobody reads the results any more. */
  readonly onlyResults: boolean;
};

/** Runs `work`, says what it reports, and returns the exit code. Errors are said here, not thrown. */
export async function speak(
  flags: VoiceFlags,
  { onlyResults }: Manner,
  work: (stage: Stage) => Promise<number>,
): Promise<number> {
  const control = steer();
  const printer = createPrinter(() => onlyResults && control.stop('SIGPIPE'));
  const { report, end } = await voiceOf(flags, printer);
  control.signal.addEventListener('abort', () => sayStopping(control, report));
  try {
    const code = await work({ report, control, printer });
    printer.end();
    return stoppedCode(control) ?? code;
  } catch (error) {
    end();
    return tellError(error, { json: flags.json ?? false, printer, control });
  }
}

function sayStopping({ signal }: Control, report: Report): void {
  if (signal.reason !== 'SIGPIPE') report({ type: 'stopping', signal: String(signal.reason) });
}
