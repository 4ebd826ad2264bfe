import type { Event, Report } from '../../report/events.ts';
import { humanReporter } from '../../report/human.ts';
import { jsonReporter } from '../../report/json.ts';
import { lineReporter } from '../../report/lines.ts';
import type { Printer } from '../../report/printer.ts';
import type { VoiceFlags } from '../flags/voice.ts';
import { showsUnicode } from './look.ts';

export type Voice = { report(event: Event): void; end(): void };

/** The reporters that the flags ask for, as one; `end` takes away what is drawn. */
export async function voiceOf(flags: VoiceFlags, printer: Printer): Promise<Voice> {
  const { json, quiet = false, verbose = false, progress } = flags;
  if (json) return silent(jsonReporter(printer, progress !== 'none'));
  const human = humanReporter(printer, { quiet, verbose });
  const drawn = quiet ? undefined : await progressOf(progress, printer);
  if (!drawn) return silent(human);
  return {
    report: (event) => {
      drawn.report(event);
      human(event);
    },
    end: drawn.end,
  };
}

/** A bar needs a terminal; without one it becomes lines. */
async function progressOf(kind: VoiceFlags['progress'], printer: Printer): Promise<Voice | undefined> {
  if (kind === 'none') return undefined;
  const terminal = process.stderr.isTTY && process.env.TERM !== 'dumb';
  if (kind === 'line' || !terminal) return silent(lineReporter(printer));
  const { barReporter } = await import('../../report/bar.ts');
  return barReporter(printer, showsUnicode());
}

function silent(report: Report): Voice {
  return { report, end: () => {} };
}
