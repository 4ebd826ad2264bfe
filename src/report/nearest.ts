/** `did you mean …?` for the known word that a mistyped one is closest to; undefined where none is close. */
export function nearest(
  typed: string,
  known: readonly string[],
  write: (word: string) => string = (word) => word,
): string | undefined {
  const [best] = known
    .map((word) => ({ word, steps: distance(typed.toLowerCase(), word.toLowerCase()) }))
    .filter(({ word, steps }) => steps <= Math.max(1, Math.floor(word.length / 3)) || isStart(typed, word))
    .sort((a, b) => a.steps - b.steps);
  return best && `did you mean ${write(best.word)}?`;
}

function isStart(typed: string, word: string): boolean {
  return typed.replaceAll('-', '').length > 2 && word.startsWith(typed);
}

/** The fewest letters to add, drop, change or swap with a neighbour. */
function distance(from: string, to: string): number {
  let before: number[] = [];
  let row = Array.from({ length: to.length + 1 }, (_, i) => i);
  for (let i = 1; i <= from.length; i++) {
    const next = [i];
    for (let j = 1; j <= to.length; j++) {
      const change = from[i - 1] === to[j - 1] ? 0 : 1;
      const swapped = i > 1 && j > 1 && from[i - 1] === to[j - 2] && from[i - 2] === to[j - 1];
      const swap = swapped ? before[j - 2]! + 1 : Number.POSITIVE_INFINITY;
      next.push(Math.min(row[j]! + 1, next[j - 1]! + 1, row[j - 1]! + change, swap));
    }
    [before, row] = [row, next];
  }
  return row[to.length]!;
}
