/** What runs before this one left of a directory, as this run found it: what slices of it leave in turn is told apart. */
import type { LeftRow } from '../../../journal/types.ts';

type LeftOf = (dir: bigint) => readonly LeftRow[];

const mostBytes = 16 * 1024 * 1024;

/** The same; what was asked for last is held, as long as it is not too much. */
export function recalling(leftOf: LeftOf): LeftOf {
  const held = new Map<bigint, readonly LeftRow[]>();
  let bytes = 0;
  return (dir) => {
    const rows = held.get(dir) ?? leftOf(dir);
    if (!held.delete(dir)) bytes += bytesOf(rows);
    held.set(dir, rows);
    for (const [oldest, old] of held) {
      if (bytes <= mostBytes || oldest === dir) break;
      held.delete(oldest);
      bytes -= bytesOf(old);
    }
    return rows;
  };
}

function bytesOf(rows: readonly LeftRow[]): number {
  const head = 100; // what an empty one takes up, and who is asked for
  return rows.reduce((sum, { prints }) => sum + prints.length, head);
}
