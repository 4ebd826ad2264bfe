/**
 * One JSON object per line on standard output, each with `schema` and `type`; docs/events.md says what is in
 * them. What is not known is null. A path that is not valid UTF-8 is given escaped, and exactly as `pathBase64`.
 */
import type { Event, Report } from './events.ts';
import type { Printer } from './printer.ts';
import { show, textOf, toJson } from './show.ts';

const schema = 1;
const progressEveryMs = 1000;

type Fields = Readonly<Record<string, unknown>>;
type Of<T extends Event['type']> = Extract<Event, { type: T }>;

/** What each event holds on the wire; the keys are the types that docs/events.md lists. */
export const eventFields = {
  started: ({ run, source, dest, dryRun, resumed }) => ({ run, source, dest, dryRun, resumed }),
  planned: ({ plan }) => ({ plan }),
  progress: ({ progress }) => progress,
  entry: ({ action, path, bytes }) => ({ action, ...pathFields(path), bytes }),
  failed: ({ failure: { path, kind, message, hint } }) => ({ ...pathFields(path), kind, message, hint }),
  difference: ({ difference: { path, what } }) => ({ ...pathFields(path), what }),
  verified: ({ compared, bytes, differences, failed, elapsedMs }) => ({
    compared,
    bytes,
    differences,
    failed,
    elapsedMs,
  }),
  status: ({ progress }) => progress,
  warning: ({ message, hint }) => ({ message, hint }),
  stopping: ({ signal }) => ({ signal }),
  finished: ({ summary }) => summary,
} satisfies { [T in Event['type']]: (event: Of<T>) => Fields };

export function jsonReporter(printer: Printer, progress: boolean): Report {
  let saidMs = Number.NEGATIVE_INFINITY;
  return (event) => {
    if (event.type === 'progress') {
      if (!progress || event.progress.elapsedMs - saidMs < progressEveryMs) return;
      saidMs = event.progress.elapsedMs;
    }
    const fields = eventFields[event.type] as (event: Event) => Fields;
    printer.result(jsonLine(event.type, fields(event)));
  };
}

/** One object as a line, also for the verbs that print something else than events. */
export function jsonLine(type: string, fields: Fields): string {
  return toJson({ schema, type, ...fields });
}

/** A path as JSON can hold it. */
export function pathFields(path: Uint8Array): { path: string; pathBase64?: string } {
  const text = textOf(path);
  if (text !== undefined) return { path: text };
  return { path: show(path), pathBase64: Buffer.from(path).toString('base64') };
}
