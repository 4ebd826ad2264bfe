/** The verdicts of all tables of the page in one list, what is missed first. */
import { table } from './table.ts';

type Verdict = {
  readonly work: string;
  readonly toReach: string;
  readonly got: string;
  readonly isReached: boolean;
};

/** A sentence that counts them, and a table. */
export function overview(page: string): string[] {
  const all = verdicts(page);
  const missed = all.filter(({ isReached }) => !isReached);
  const reached = all.filter(({ isReached }) => isReached);
  const lines = [...missed, ...reached].map(({ work, toReach, got, isReached }) => [
    work,
    toReach,
    got,
    isReached ? 'reached' : '**missed**',
  ]);
  return [
    `${reached.length} of ${all.length} are reached.`,
    '',
    ...table([['work', 'at most', 'measured', ''], ...lines]),
  ];
}

/** Each line of a table that ends with a verdict; a row of several lines has its title in the first one alone. */
function verdicts(page: string): Verdict[] {
  let [name, title] = ['', ''];
  return page.split('\n').flatMap((line) => {
    const cells = line.split('|').map((cell) => cell.trim());
    const verdict = cells.at(-2);
    if (verdict !== 'reached' && verdict !== '**missed**') return [];
    const [work = '', ...rest] = cells.slice(1, -2);
    if (work !== name) [name = '', title] = [work.split(': ')[0], work];
    const isReached = verdict === 'reached';
    const [first = '', got] = rest;
    if (got !== undefined) return [{ work: title, toReach: first, got, isReached }];
    const [what = '', limit = ''] = work.split(': '); // as the matrix writes it
    return [{ work: what, toReach: limit.replace('at most ', ''), got: first, isReached }];
  });
}
