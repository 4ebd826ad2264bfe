import type { Control } from '../../control.ts';
import { TransferError } from '../../errors.ts';
import { jsonLine } from '../../report/json.ts';
import type { Printer } from '../../report/printer.ts';
import { type Explained, explain, sayExplained } from './reason.ts';
import { brokenPipe, isUnheard, stoppedCode } from './signals.ts';

type To = { readonly json: boolean; readonly printer: Printer; readonly control: Control };

/** Says why a verb could not go on, also as a JSON object where JSON is asked for; returns the exit code. */
export function tellError(error: unknown, { json, printer, control }: To): number {
  const explained = stopped(error, control) ?? explain(error);
  if (isUnheard(control)) return brokenPipe;
  if (json) printer.result(jsonLine('error', explained));
  sayExplained(explained, error, printer.notice);
  printer.end();
  return explained.exitCode;
}

/** What was thrown because the run was told to stop is no failure of its own. */
function stopped(error: unknown, control: Control): Explained | undefined {
  const exitCode = stoppedCode(control);
  if (exitCode === undefined || (error instanceof TransferError && error.kind !== 'stopped'))
    return undefined;
  return { kind: 'stopped', message: `stopped by ${control.signal.reason}`, hint: undefined, exitCode };
}
