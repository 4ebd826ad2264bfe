import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createTurns } from '../../src/work/turns.ts';

const { signal } = new AbortController();

test('turns let so many in, the others in order, and forget who left the line', async () => {
  const turns = createTurns(2);
  const stopper = new AbortController();
  const [one, two] = [await turns(signal), await turns(signal)];
  const order: string[] = [];
  const left = turns(stopper.signal).catch((reason) => order.push(reason));
  const third = turns(signal).then((turn) => {
    order.push('third');
    return turn;
  });
  stopper.abort('left');
  await left;
  one[Symbol.dispose]();
  (await third)[Symbol.dispose]();
  assert.deepEqual(order, ['left', 'third']);
  const [four] = [await turns(signal)];
  two[Symbol.dispose]();
  four[Symbol.dispose]();
  await assert.rejects(
    async () => turns(stopper.signal),
    (reason) => reason === 'left',
  );
});
