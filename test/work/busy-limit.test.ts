import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBusyLimit } from '../../src/work/busy-limit.ts';

/** After a tenth of a second in which the thread was busy for such a share of the time. */
function limitAfter(): (busy: number) => number {
  let now = { atMs: 0, busyMs: 0 };
  const limit = createBusyLimit({ least: 4, most: 64 }, () => now);
  return (busy) => {
    now = { atMs: now.atMs + 100, busyMs: now.busyMs + busy * 100 };
    return limit();
  };
}

test('a thread that waits is sent more at once, up to the most', () => {
  const after = limitAfter();
  assert.deepEqual([0.5, 0.5, 0, 0.5].map(after), [16, 32, 64, 64]);
});

test('a thread that has no time left is sent less at once, down to the least', () => {
  const after = limitAfter();
  assert.deepEqual([1, 1, 1].map(after), [6, 4.5, 4]);
});

test('a thread that is busy and keeps up is sent as much as before', () => {
  const after = limitAfter();
  assert.deepEqual([0.85, 0.9].map(after), [8, 8]);
});

test('a limit that is asked for all the time looks at the thread now and then', () => {
  let now = { atMs: 0, busyMs: 0 };
  const limit = createBusyLimit({ least: 4, most: 64 }, () => now);
  for (let ms = 1; ms < 50; ms++) {
    now = { atMs: ms, busyMs: 0 };
    assert.equal(limit(), 8);
  }
  now = { atMs: 50, busyMs: 0 };
  assert.equal(limit(), 16);
});
