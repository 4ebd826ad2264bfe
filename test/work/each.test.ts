import assert from 'node:assert/strict';
import { test } from 'node:test';
import { each } from '../../src/work/each.ts';

const { signal } = new AbortController();
const items = (count: number) => Array.from({ length: count }, (_, at) => at);

test('each() has as many under way as the limit says by then, and does every item once', async () => {
  let [limit, underWay] = [2, 0];
  const most: number[] = [];
  const done: number[] = [];
  await each(
    () => limit,
    items(60),
    signal,
    async (item) => {
      most.push(++underWay);
      if (item === 20) limit = 7;
      if (item === 40) limit = 3;
      await new Promise(setImmediate);
      underWay--;
      done.push(item);
    },
  );
  const within = (from: number, to: number) => Math.max(...most.slice(from, to));
  assert.deepEqual([within(0, 20), within(20, 40), within(48, 60)], [2, 7, 3]);
  assert.deepEqual(
    done.toSorted((a, b) => a - b),
    items(60),
  );
});

test('each() ends with the first error when all that is under way has ended, and begins nothing after it', async () => {
  const begun: number[] = [];
  let ended = 0;
  const going = each(3, items(10), signal, async (item) => {
    begun.push(item);
    await new Promise(setImmediate);
    ended++;
    if (item === 1) throw new Error('so it is');
  });
  await assert.rejects(going, /so it is/);
  assert.equal(ended, begun.length);
  assert.ok(begun.length <= 4);
});

test('each() does nothing of what is empty', async () => {
  await each(3, [], signal, () => assert.fail());
});
