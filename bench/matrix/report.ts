/** The matrix as tables: what it comes to, and its cells. */
import { table } from '../table.ts';
import { bestOf, targetsOf } from './figures.ts';
import type { Kept } from './kept.ts';

const head = [
  'cell',
  'scale',
  'auto, s',
  'best forced',
  'regret',
  'best by hand',
  'beside it',
  '`cp` by `xargs`',
  'beside it',
  'cold',
  'second',
  'copies',
  'at',
  'load',
];

export function report(cells: readonly Kept[]): string[] {
  const targets = targetsOf(cells).map(({ toReach, got, isReached }) => [
    toReach,
    got,
    isReached === undefined ? '' : isReached ? 'reached' : 'missed',
  ]);
  return [
    ...table([['figure', 'got', ''], ...targets]),
    '',
    ...table([head, ...cells.map(row)]),
    '',
    '- *cold* and *second*: what was predicted over what it took, of the first and the second run of a cell, each in a',
    '  state of its own',
  ];
}

function row({ tree, route, scale, auto, cold, second, wrong, commit, load, ...took }: Kept): string[] {
  const beside = [took.forced, took.byHand].map(bestOf);
  const [extra] = took.beyond;
  return [
    `${tree}, ${route}`,
    String(scale),
    seconds(auto),
    ...beside.flatMap((best) =>
      best ? [`${seconds(best.ms)} ${best.name}`, (auto / best.ms).toFixed(2)] : ['', ''],
    ),
    ...(extra ? [seconds(extra.ms), (auto / extra.ms).toFixed(2)] : ['', '']),
    ratio(cold),
    ratio(second),
    wrong.length === 0 ? 'right' : `wrong: ${wrong.map((one) => one.split('\n')[0]).join('; ')}`,
    commit,
    load,
  ];
}

function seconds(ms: number): string {
  return (ms / 1000).toFixed(2);
}

function ratio(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(2);
}
