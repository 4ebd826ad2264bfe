/** Programs that do the same work in turn, so that whatever else the machine does hits all of them. */

/** Answers how long it took, or infinity where it did not do it. */
export type Runner = { readonly name: string; readonly run: () => number };

/** Who took so many times as long as the first in every round is not asked again: it is not the best. */
const hopeless = 1.5;

/** The least of each; the first one is what the others are compared with. */
export function inTurns(runners: readonly Runner[], rounds: number): number[] {
  const least = runners.map(() => Number.POSITIVE_INFINITY);
  for (let round = 0; round < rounds; round++) {
    for (const [at, { run }] of runners.entries())
      if (round === 0 || least[at]! <= hopeless * least[0]!) least[at] = Math.min(least[at]!, run());
  }
  return least;
}
