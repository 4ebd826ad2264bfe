import type { Analysis } from '../plan/analysis.ts';
import { type Brush, wrap } from './brush.ts';
import { formatDuration, formatSpan } from './size.ts';

type Candidate = Analysis['candidates'][number];

/** What a prediction rests on. */
export const basisWords = { route: 'this route', machine: 'this machine', default: 'defaults' } as const;

const nameWidth = 'strategy'.length;
const timeWidth = 'predicted'.length;
const spanWidth = '9.99 s to 59.9 s'.length;
const basisWidth = basisWords.machine.length;
const besideFrom = 2 + nameWidth + 2 + timeWidth + 2 + spanWidth + 2 + basisWidth + 2;
const belowFrom = 4;

/** A reason narrower than this reads better below its strategy than beside it. */
const narrowest = 36;

/** The table of strategies: what each would take, what that rests on, and why it is chosen or not. */
export function strategyTable(candidates: readonly Candidate[], brush: Brush): string[] {
  const head = cells('  strategy', 'predicted', 'between', 'rests on');
  return [brush.faint(head.trimEnd()), ...candidates.flatMap((candidate) => lines(candidate, brush))];
}

function lines(candidate: Candidate, brush: Brush): string[] {
  const { engine, chosen, fit, predictedMs, likely, basis, reason } = candidate;
  const paint = chosen ? brush.bright : fit ? plain : brush.faint;
  const time = predictedMs === undefined ? '-' : formatDuration(predictedMs);
  const left = cells(
    `${chosen ? brush.pointer : ' '} ${engine}`,
    time,
    likely ? formatSpan(likely) : '',
    predictedMs === undefined ? '' : basisWords[basis],
  );
  const beside = brush.columns - besideFrom >= narrowest;
  const from = beside ? besideFrom : belowFrom;
  const reasons = wrap(reason, brush.columns - from);
  const first = beside ? [paint(`${left}${reasons.shift()}`)] : [paint(left.trimEnd())];
  return [...first, ...reasons.map((line) => ' '.repeat(from) + paint(line))];
}

function cells(name: string, time: string, span: string, basis: string): string {
  return `${name.padEnd(2 + nameWidth)}  ${time.padStart(timeWidth)}  ${span.padEnd(spanWidth)}  ${basis.padEnd(basisWidth)}  `;
}

function plain(text: string): string {
  return text;
}
