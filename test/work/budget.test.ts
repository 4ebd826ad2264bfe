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
