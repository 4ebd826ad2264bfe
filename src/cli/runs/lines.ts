import type { ListedRun } from '../../journal/list.ts';
import type { BegunFiles, Failure } from '../../report/events.ts';
import { eventFields, jsonLine } from '../../report/json.ts';
import { noticeLines } from '../../report/notices.ts';
import { failureText } from '../../report/sentences.ts';
import { printable } from '../../report/show.ts';
import { counted, formatBytes, formatDuration } from '../../report/size.ts';
import { begunText, expectedText, predictionText, tallyText } from '../../report/summary.ts';
import { canContinue } from './find.ts';

/** One run as one line, for a person or as JSON; to a person also what is there of large files that it goes on with. */
export function listLine(run: ListedRun, json: boolean, begun?: BegunFiles): string {
  return json ? jsonLine('run', runFields(run)) : printable(runLine(run, begun));
}

/** All about one run but what failed in it, and the same of large files. */
export function showLines(run: ListedRun, json: boolean, begun?: BegunFiles): string[] {
  return json ? [listLine(run, json)] : runLines(run, begun).map(printable);
}

export function failedLine(failure: Failure, json: boolean): string {
  if (!json) return printable(failureText(failure));
  return jsonLine('failed', eventFields.failed({ type: 'failed', failure }));
}

/** `20261120-1412-7f3a9c  stopped    2026-11-20 14:12  12 files, 3.4 KB, and 64.0 MB of 1 large file: /data to /backup` */
function runLine(
  { id, state, startedMs, tally, source, dest }: ListedRun,
  begun: BegunFiles | undefined,
): string {
  const more = begun ? `, and ${formatBytes(begun.bytes)} of ${counted(begun.files, 'large file')}` : '';
  const moved = `${counted(tally.copied, 'file')}, ${formatBytes(tally.copiedBytes)}${more}`;
  return `${id}  ${state.padEnd(9)}  ${dateText(startedMs)}  ${moved}: ${source} to ${dest}`;
}

function runLines(run: ListedRun, begun: BegunFiles | undefined): string[] {
  const { tally, elapsedMs, predictedMs, endedMs } = run;
  const prediction = elapsedMs === undefined ? '' : predictionText(elapsedMs, predictedMs);
  return [
    row('run', run.id),
    row('from', run.source),
    row('to', run.dest),
    row('state', run.pid === undefined ? run.state : `${run.state}, process ${run.pid}`),
    row('started', dateText(run.startedMs)),
    ...(endedMs === undefined ? [] : [row('ended', dateText(endedMs))]),
    ...(elapsedMs === undefined ? [] : [row('took', `${formatDuration(elapsedMs)}${prediction}`)]),
    ...(run.whyOff === undefined ? [] : [row('because', run.whyOff)]),
    ...(run.expected === undefined || canContinue(run)
      ? []
      : [row('expected', expectedText(run.expected, tally))]),
    row('tally', tallyText(tally, false)),
    ...(begun ? [row('begun', begunText(begun))] : []),
    ...noticeLines(run.notices).map((line) => row('of it', line)),
    row('settings', ''),
    ...settingLines(run.settings),
  ];
}

function runFields({ settings, key: _key, ...run }: ListedRun): Record<string, unknown> {
  return { ...run, settings: settingsOf(settings) };
}

function settingLines(json: string): string[] {
  const settings = Object.entries(settingsOf(json));
  return settings.map(([name, value]) => `  ${name.padEnd(14)}  ${JSON.stringify(value)}`);
}

/** As they were kept; only to be shown, so what cannot be read is shown as it is. */
function settingsOf(json: string): Record<string, unknown> {
  try {
    return JSON.parse(json) as Record<string, unknown>;
  } catch {
    return { unreadable: json };
  }
}

function dateText(ms: number): string {
  const date = new Date(ms - new Date(ms).getTimezoneOffset() * 60_000);
  return date.toISOString().slice(0, 16).replace('T', ' ');
}

function row(name: string, text: string): string {
  return `${name.padEnd(8)}  ${text}`.trimEnd();
}
