/** What was measured, as tables that read well in a terminal and in a page. */
import { cpuMs, type Ran, wallMs } from './contest.ts';
import { type RowResult, range, type Target } from './row.ts';
import { ratio, spread } from './stats.ts';

type Cells = readonly string[];

/** One line for each program. */
export function programs({ ran }: RowResult): string[] {
  const head = [
    'program',
    'seconds',
    'difpipe takes',
    'processor seconds',
    'difpipe takes',
    'memory, MB',
    'copy',
  ];
  return table([head, ...ran.map((one, at) => programLine(one, oursOf(ran, at)))]);
}

/** A row may have several contests, each of which difpipe begins. */
function oursOf(ran: readonly Ran[], at: number): Ran {
  return ran.slice(0, at + 1).findLast(isOurs) ?? ran[0]!;
}

function isOurs({ name }: Ran): boolean {
  return name.startsWith('difpipe');
}

function programLine(one: Ran, ours: Ran): Cells {
  const seconds = (values: number[]) => range(spread(values), (ms) => (ms / 1000).toFixed(ms < 1000 ? 3 : 2));
  const peaks = one.samples.map(({ peakBytes }) => peakBytes).filter((bytes) => bytes !== undefined);
  const memory = peaks.length > 0 ? (spread(peaks).median / 1e6).toFixed(0) : '';
  const ratios = [wallMs, cpuMs].map((of) =>
    !isOurs(one) ? `${ratio(of(ours), of(one)).median.toFixed(2)} ×` : '',
  );
  const [wall, cpu] = [wallMs, cpuMs].map((of) => seconds(of(one)));
  return [one.name, wall!, ratios[0]!, cpu!, ratios[1]!, memory, one.wrong ?? 'right'];
}

/** One line for each thing to reach. */
export function targets(name: string, title: string, { targets: found }: RowResult): Cells[] {
  return found.map((target, at) => [
    at === 0 ? `${name}: ${title}` : name,
    target.toReach,
    target.got,
    verdict(target),
  ]);
}

export const targetHead: Cells = ['work', 'at most', 'measured', ''];

function verdict({ isReached }: Target): string {
  if (isReached === undefined) return 'not measured';
  return isReached ? 'reached' : '**missed**';
}

/** Markdown, with columns as wide as what is in them; the first line is the head. */
export function table(lines: readonly Cells[]): string[] {
  const widths = lines[0]!.map((_, at) => Math.max(...lines.map((line) => line[at]!.length)));
  const drawn = lines.map((line) => `| ${line.map((cell, at) => cell.padEnd(widths[at]!)).join(' | ')} |`);
  const rule = `| ${widths.map((width) => '-'.repeat(width)).join(' | ')} |`;
  return [drawn[0]!, rule, ...drawn.slice(1)];
}
