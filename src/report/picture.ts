/**
 * The picture that `analyze` draws of a tree: how many files of which sizes, what else is in it, what each
 * strategy would take, and the command to run. Every line but paths and the command fits the columns, from 60 on.
 */
import type { Analysis } from '../plan/analysis.ts';
import type { Plan } from '../plan/plan.ts';
import type { Profile } from '../profile/profile.ts';
import { type Brush, brush, type Canvas, wrap } from './brush.ts';
import { differences } from './differences.ts';
import { facts } from './facts.ts';
import { histogram } from './histogram.ts';
import { legLines } from './legs.ts';
import { counted, formatBytes, formatDuration, formatRate, formatSpan } from './size.ts';
import { basisWords, strategyTable } from './strategies.ts';
import { quoted } from './typed.ts';

const fewestColumns = 60;

export type Look = Canvas & {
  /** both ends, as formatted for a person and as `transfer` takes them back */
  readonly source: string;
  readonly dest: string | undefined;
  /** who owns files, by name where the system knows one */
  readonly ownerName: (uid: number) => string | undefined;
};

/** Draws an Analysis, without a line feed at the end. */
export function renderAnalysis(analysis: Analysis<Profile>, look: Look): string {
  const paint = brush({ ...look, columns: Math.max(fewestColumns, look.columns) });
  const { profile, tally, candidates } = analysis;
  const sections = [
    [paint.bold(look.source), `  ${totals(profile)}`, ...unseen(analysis)],
    histogram(profile, paint),
    facts(profile, look.ownerName).flatMap(([name, text]) => entry(name, text, paint)),
    tally ? differences(tally).flatMap(([name, text]) => entry(name, text, paint)) : [],
    wayOf(analysis, paint),
    [...assumption(look, paint), ...strategyTable(candidates, paint)],
    recommendation(analysis, look, paint),
  ];
  return sections
    .filter((lines) => lines.length > 0)
    .map((lines) => lines.join('\n'))
    .join('\n\n');
}

function unseen({ failed }: Analysis): string[] {
  return failed > 0
    ? [`  ${counted(failed, 'entry', 'entries')} could not be looked at or read, nor what is below`]
    : [];
}

function totals({ files, bytes, directories, depth }: Profile): string {
  const held = `${counted(files, 'file')}, ${formatBytes(bytes)}`;
  if (directories === 0) return held;
  const deep = depth > 0 ? `, up to ${depth} deep` : '';
  return `${held} in ${counted(directories, 'directory', 'directories')}${deep}`;
}

function entry(name: string, text: string, { columns, faint }: Brush): string[] {
  const from = 2 + 14 + 2;
  const [first, ...rest] = wrap(text, columns - from);
  return [`  ${faint(name.padEnd(14))}  ${first}`, ...rest.map((line) => ' '.repeat(from) + line)];
}

function assumption({ dest }: Look, { faint }: Brush): string[] {
  return dest === undefined ? [faint('  without DEST: as if it went to another place on this machine')] : [];
}

function wayOf({ route }: Analysis<Profile>, { faint, columns }: Brush): string[] {
  if (route.roundTripMs === 0) return [];
  const lines = (route.lines ?? []).map(
    ({ end, bytesPerSecond, connections, severalBytesPerSecond, cpus, tools }) =>
      `${end === 'dest' ? 'to the destination' : 'from the source'} ${formatRate(bytesPerSecond, 1000)} on one ` +
      `connection, ${formatRate(severalBytesPerSecond, 1000)} on ${connections}; ` +
      `${counted(cpus, 'processor')} there, ${route.cpus} here; it has ${tools.join(', ')}`,
  );
  return [`an answer takes ${answerText(route.roundTripMs)} to come`, ...lines].flatMap((line) =>
    wrap(line, columns - 2).map((row) => faint(`  ${row}`)),
  );
}

/** `0.2 ms`, `20 ms`, `1.20 s` */
function answerText(ms: number): string {
  if (ms >= 1000) return formatDuration(ms);
  return `${ms < 10 ? Math.max(0.1, ms).toFixed(1) : Math.round(ms)} ms`;
}

function recommendation({ plan, reason }: Analysis<Profile>, look: Look, paint: Brush): string[] {
  const leg = plan.legs[0];
  if (leg === undefined) return wrap(`No strategy of this build can do it: ${reason}.`, paint.columns);
  const time = plan.predictedMs === undefined ? '' : `, about ${formatDuration(plan.predictedMs)}`;
  const alone = plan.legs.length === 1;
  const name = alone ? `${leg.engine}${time}: ${leg.reason}` : `a mixed plan${time}${restsOn(plan)}`;
  const sentence = [...wrap(`Recommended: ${name}.`, paint.columns), ...legLines(plan.legs, paint)];
  const dest = look.dest === undefined ? 'DEST' : quoted(look.dest);
  return [...sentence, '', `  ${paint.bold(`difpipe transfer ${quoted(look.source)} ${dest}`)}`];
}

/** `, most likely 0.86 s to 1.98 s; the times rest on this route` */
function restsOn({ likely, legs }: Plan): string {
  const basis = legs.find((leg) => leg.basis)?.basis;
  const span = likely ? `, most likely ${formatSpan(likely)}` : '';
  return basis ? `${span}; the times rest on ${basisWords[basis]}` : span;
}
