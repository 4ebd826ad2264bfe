import assert from 'node:assert/strict';
import type { Journal } from '../../src/journal/journal.ts';
import { leftOf } from './fixture.ts';

/**
 * Asserts that the Journal is in a state that `child.ts commits` was in, no older than after its commit number
 * `promised`: ten Parts, and what each commit left at the destination.
 */
export function assertPromised(journal: Journal, promised: number): void {
  const ids = [...journal.pendingParts()].map(({ id }) => id);
  const last = ids.at(-1) ?? 0;
  assert.ok(last >= promised, `commit ${promised} was promised, ${last} is the last`);
  const first = Math.max(1, last - 9);
  const expected = Array.from({ length: last === 0 ? 0 : last - first + 1 }, (_, i) => first + i);
  assert.deepEqual(ids, expected);
  assert.equal(journal.lastRun()?.walkEnded ?? false, last > 0);
  for (let n = 1; n <= promised; n++) assert.deepEqual(journal.leftOf(BigInt(n)), [leftOf(BigInt(n), 0)]);
}
