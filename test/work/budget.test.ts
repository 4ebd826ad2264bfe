import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createBudget } from '../../src/work/budget.ts';

const { signal } = new AbortController();

test('a budget lets in who fits, in order, and who wants more than there is alone', async () => {
  const budget = createBudget(10);
  const stopper = new AbortController();
  const first = await budget(6, signal);
  const order: string[] = [];
  const large = budget(20, stopper.signal).catch((reason) => order.push(reason));
  const small = budget(4, signal).then((share) => {
    order.push('small');
    return share;
  });
  stopper.abort('left');
  await large;
  const second = await small;
  assert.deepEqual(order, ['left', 'small']);
  const all = budget(20, signal);
  first[Symbol.dispose]();
  second[Symbol.dispose]();
  (await all)[Symbol.dispose]();
  (await budget(10, signal))[Symbol.dispose]();
});

test('a budget that grows on the way lets in as many as fit then', async () => {
  let all = 1;
  const budget = createBudget(() => all);
  const first = await budget(1, signal);
  const entered: number[] = [];
  const waiting = [1, 2, 3].map((who) => budget(1, signal).then(() => entered.push(who)));
  all = 2;
  first[Symbol.dispose]();
  await Promise.all(waiting.slice(0, 2));
  assert.deepEqual(entered, [1, 2]);
});
