import type { Report } from './events.ts';
import type { Printer } from './printer.ts';
import { createPace, progressParts } from './progress.ts';

const everyMs = 10_000;

/** One line about how far a run is, every ten seconds of it. */
export function lineReporter(printer: Printer): Report {
  const paceOf = createPace();
  let saidMs = 0;
  return (event) => {
    if (event.type !== 'progress') return;
    const { progress } = event;
    const pace = paceOf(progress);
    if (progress.elapsedMs - saidMs < everyMs) return;
    saidMs = progress.elapsedMs;
    printer.notice(progressParts(progress, pace).join(', '));
  };
}
