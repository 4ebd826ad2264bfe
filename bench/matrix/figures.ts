/** What the cells come to: regret, auto beside the best by hand, predictions. */
import type { Target } from '../row.ts';
import type { Cell } from './cell.ts';

export function bestOf(took: Cell['byHand']): Cell['byHand'][number] | undefined {
  return took.toSorted((a, b) => a.ms - b.ms)[0];
}

/** auto's time over the best forced strategy's. */
function regretOf({ auto, forced }: Cell): number | undefined {
  const best = bestOf(forced);
  return best && auto / best.ms;
}

export function againstHand({ auto, byHand }: Cell): number | undefined {
  const best = bestOf(byHand);
  return best && auto / best.ms;
}

/** Also beside what hardly anybody types. */
function againstAll({ auto, byHand, beyond }: Cell): number | undefined {
  const best = bestOf([...byHand, ...beyond]);
  return best && auto / best.ms;
}

export function targetsOf(cells: readonly Cell[]): Target[] {
  const regrets = known(cells.map(regretOf));
  const hands = known(cells.map(againstHand));
  const all = known(cells.map(againstAll));
  const seconds = known(cells.map(({ second }) => second));
  const colds = known(cells.map(({ cold }) => cold));
  return [
    target('regret, median: at most 1.05', median(regrets), (one) => one <= 1.05),
    target('regret, worst: at most 1.25', Math.max(...regrets), (one) => one <= 1.25),
    share('as fast as the best by hand: in 90 % of cells', hands, (one) => one <= 1, 0.9),
    target('beside the best by hand, worst: at most 1.15', Math.max(...hands), (one) => one <= 1.15),
    share('as fast as that and `cp` by `xargs`', all, (one) => one <= 1),
    share('predicted within 25 %, second run: in 80 % of cells', seconds, isWithin(1.25), 0.8),
    share('predicted within a factor of 2, cold: in 80 % of cells', colds, isWithin(2), 0.8),
  ];
}

function isWithin(factor: number): (ratio: number) => boolean {
  return (ratio) => ratio <= factor && ratio >= 1 / factor;
}

function target(toReach: string, got: number, holds: (got: number) => boolean): Target {
  return { toReach, got: got.toFixed(2), isReached: holds(got) };
}

function share(
  toReach: string,
  numbers: readonly number[],
  holds: (one: number) => boolean,
  least?: number,
): Target {
  const held = numbers.filter(holds).length / Math.max(1, numbers.length);
  return {
    toReach,
    got: `${Math.round(100 * held)} % of ${numbers.length}`,
    isReached: least === undefined ? undefined : held >= least,
  };
}

function known(numbers: readonly (number | undefined)[]): number[] {
  return numbers.filter((one) => one !== undefined);
}

function median(numbers: readonly number[]): number {
  const sorted = numbers.toSorted((a, b) => a - b);
  return sorted[Math.floor(sorted.length / 2)] ?? Number.NaN;
}
