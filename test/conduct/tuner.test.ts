import assert from 'node:assert/strict';
import { cpus } from 'node:os';
import { test } from 'node:test';
import { createTuner } from '../../src/conduct/lanes/tuner.ts';
import { createIdleShare } from '../../src/work/idle-processors.ts';

const much = 0.5;
const none = 0.02;

/** The numbers of lanes it asks for when each number of lanes has its rate. */
function follow(rates: readonly number[], lanes: number, room: number): number[] {
  const tuner = createTuner(1, rates.length - 1);
  const asked = [lanes];
  for (let tick = 0; tick < 6; tick++) asked.push(tuner.next(asked.at(-1)!, rates[asked.at(-1)!]!, room));
  return asked;
}

test('createTuner() adds lanes as long as each makes the whole faster', () => {
  assert.deepEqual(follow([0, 100, 200, 300, 300, 300], 1, much), [1, 2, 3, 4, 3, 3, 3]);
});

test('createTuner() takes a lane back that gained nothing', () => {
  assert.deepEqual(follow([0, 100, 100, 100], 2, much), [2, 3, 2, 2, 2, 2, 2]);
});

test('createTuner() starts no lane where no processor has time for it', () => {
  assert.deepEqual(follow([0, 100, 200, 300], 2, none), [2, 2, 2, 2, 2, 2, 2]);
});

test('createTuner() asks for no more than it may', () => {
  assert.equal(Math.max(...follow([0, 100, 200, 400], 1, much)), 3);
});

test('createIdleShare() sees that a processor was busy', () => {
  const room = createIdleShare();
  const until = performance.now() + 300;
  while (performance.now() < until);
  const share = room();
  assert.ok(share <= 1 - 0.5 / cpus().length, String(share));
});
