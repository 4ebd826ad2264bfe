/**
 * What a person reads: results on standard output, one line each; failures, warnings and the summary on
 * standard error. Progress is drawn by another reporter.
 *
 * A run that fails on every file must stay readable: failures past a limit are counted and the verb that lists
 * them is named; a warning that comes again is counted.
 */
import type { Report, Summary } from './events.ts';
import { repeated } from './notices.ts';
import type { Printer } from './printer.ts';
import { failureText, noticesOf, resultOf, sentence } from './sentences.ts';
import { formatCount } from './size.ts';

const shownFailures = 50;

export type Manner = {
  /** Say nothing but errors. */
  readonly quiet: boolean;
  /** Say every failure, and what was planned. */
  readonly verbose: boolean;
};

export function humanReporter(printer: Printer, { quiet, verbose }: Manner): Report {
  const limit = verbose ? Number.POSITIVE_INFINITY : shownFailures;
  const warnings = new Map<string, number>();
  let failures = 0;

  const warn = (message: string, hint: string | undefined) => {
    const times = (warnings.get(message) ?? 0) + 1;
    warnings.set(message, times);
    if (times === 1) printer.notice(sentence(message, hint));
  };
  const closing = ({ showWith = '-v names them' }: Summary) => {
    if (failures > limit) printer.notice(`and ${formatCount(failures - limit)} more: ${showWith}`);
    for (const [message, times] of warnings) if (times > 1) printer.notice(repeated(message, times));
  };

  return (event) => {
    if (event.type === 'failed' && ++failures <= limit) printer.notice(failureText(event.failure));
    if (event.type === 'warning' && !quiet) warn(event.message, event.hint);
    if (event.type === 'finished') closing(event.summary);
    if (quiet && event.type !== 'status') return;
    const result = resultOf(event);
    if (result !== undefined) printer.result(result);
    for (const line of noticesOf(event, verbose)) printer.notice(line);
  };
}
