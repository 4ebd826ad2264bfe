import assert from 'node:assert/strict';
import { test } from 'node:test';
import { createThrottle } from '../../src/store/s3/service/throttle.ts';
import { signal } from './bodies.ts';

test('createThrottle() lets half as many in after a complaint, all of them when it went well for long, and says so', async () => {
  const told: number[] = [];
  const throttle = createThrottle(16, (limit) => told.push(limit));
  assert.equal(await mostAtOnce(100), 16);
  throttle.tooMuch();
  throttle.tooMuch(); // at the same time: they are one
  assert.equal(await mostAtOnce(40), 8);
  assert.deepEqual(told, [8]);
  await mostAtOnce(380);
  assert.equal(await mostAtOnce(100), 16);
  assert.deepEqual(told, [8, 16]);

  async function mostAtOnce(count: number): Promise<number> {
    let [inside, most] = [0, 0];
    const work = async () => {
      most = Math.max(most, ++inside);
      await new Promise(setImmediate);
      inside--;
    };
    await Promise.all(Array.from({ length: count }, () => throttle.during(work, signal)));
    return most;
  }
});
