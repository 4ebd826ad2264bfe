/** Each event as a person reads it: a line of results, or lines that tell how the run goes. */
import type { Leg, Plan } from '../plan/plan.ts';
import type { Event, Failure, Progress } from './events.ts';
import { legText } from './legs.ts';
import { paceSoFar, progressParts } from './progress.ts';
import { show } from './show.ts';
import { formatDuration, formatSpan } from './size.ts';
import { comparedText, foundText, summaryLines } from './summary.ts';

/** What was done to an entry, or how it differs: `copy    a/b`, `content  a/b`. */
export function resultOf(event: Event): string | undefined {
  if (event.type === 'entry') return `${event.action.padEnd(6)}  ${show(event.path)}`;
  if (event.type !== 'difference') return undefined;
  const { what, path } = event.difference;
  return `${what.join(',').padEnd(7)}  ${show(path)}`;
}

/** What else there is to say; failures and warnings are said, and counted, elsewhere. */
export function noticesOf(event: Event, verbose: boolean): string[] {
  switch (event.type) {
    case 'started':
      return startedText(event, verbose);
    case 'planned':
      return verbose ? [...event.plan.legs.map(plannedText), ...expectedLines(event.plan)] : [];
    case 'status':
      return [statusText(event.progress)];
    case 'stopping':
      return [`stopping on ${event.signal}: what is in flight comes first; once more stops at once`];
    case 'verified':
      return [`${comparedText(event)} in ${formatDuration(event.elapsedMs)}: ${foundText(event)}`];
    case 'finished':
      return summaryLines(event.summary);
    default:
      return [];
  }
}

/** `difpipe: path: why; what to try` */
export function failureText({ path, message, hint }: Failure): string {
  return sentence(`${show(path)}: ${message}`, hint);
}

/** `difpipe: what could not be done; what to try` */
export function sentence(message: string, hint: string | undefined): string {
  return `difpipe: ${message}${hint === undefined ? '' : `; ${hint}`}`;
}

type Of<T extends Event['type']> = Extract<Event, { type: T }>;

function startedText({ run, source, dest, resumed }: Of<'started'>, verbose: boolean): string[] {
  if (!resumed && !verbose) return [];
  return [`${resumed ? 'continuing run' : 'run'} ${run}: ${source} to ${dest}`];
}

function plannedText(leg: Leg): string {
  if (leg.entries === 'all') return `plan: ${leg.engine}, ${leg.reason}`;
  return `plan: ${leg.engine} for ${legText(leg)}`;
}

/** `expected: about 1.20 s, most likely 0.90 s to 2m 10s, if nothing changed since the last run` */
function expectedLines({ predictedMs, likely, assumes }: Plan): string[] {
  if (predictedMs === undefined || !likely || assumes === undefined) return [];
  return [`expected: about ${formatDuration(predictedMs)}, most likely ${formatSpan(likely)}, ${assumes}`];
}

function statusText(progress: Progress): string {
  return progressParts(progress, paceSoFar(progress)).join(', ');
}
