import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cost, constants, defaultCost, predictMs, type Work } from '../../src/plan/cost.ts';
import { faded, likely } from '../../src/plan/doubt.ts';
import { learn } from '../../src/plan/learn.ts';
import { whyOff } from '../../src/plan/surprise.ts';

const work: Work = { files: 100_000, bytes: 4e8, skipped: 0, roundTripMs: 0 };
const guess = defaultCost('parallel');

function spreadOf(cost: Cost): number {
  const { leastMs, mostMs } = likely(cost, work);
  return mostMs / leastMs;
}

function taughtOften(tookMs: number): Cost {
  let known = guess;
  for (let run = 0; run < 10; run++) known = learn(known, work, tookMs);
  return known;
}

test('likely() is around the prediction, and narrower the more is known', () => {
  const known = taughtOften(5000);
  for (const cost of [guess, known]) {
    const { leastMs, mostMs } = likely(cost, work);
    assert.ok(leastMs < predictMs(cost, work) && predictMs(cost, work) < mostMs);
  }
  assert.ok(spreadOf(guess) > 10, String(spreadOf(guess)));
  assert.ok(spreadOf(known) < 2.3, String(spreadOf(known)));
});

test('likely() holds four of five runs that differ by a quarter', () => {
  const known = taughtOften(5000);
  const { leastMs, mostMs } = likely(known, work);
  const times = Array.from({ length: 99 }, (_, i) => 5000 * Math.exp(0.25 * deviate((i + 1) / 100)));
  const inside = times.filter((ms) => leastMs <= ms && ms <= mostMs).length;
  assert.ok(inside >= 75 && inside <= 95, String(inside));
});

test('faded() knows less the longer ago it was, never less than at first, and nothing sooner', () => {
  const known = { ...taughtOften(5000), learntMs: 0 };
  const after = (days: number) => spreadOf(faded(known, days * 86_400_000));
  assert.equal(after(0), spreadOf(known));
  assert.ok(after(10) < after(90) && after(90) < after(900));
  assert.deepEqual(faded(known, 1e6 * 86_400_000).doubt, guess.doubt);
  assert.equal(after(-5), after(0));
  for (const constant of constants) assert.equal(faded(known, 9e9)[constant], known[constant]);
});

test('whyOff() names what took longer, or nothing where the prediction was near', () => {
  const known = taughtOften(5000);
  const predicted = predictMs(known, work);
  assert.equal(whyOff(known, 'route', work, predicted * 1.1), undefined);
  const slow = whyOff(known, 'route', work, predicted * 2);
  assert.match(
    slow!,
    /^(what there is to do for each entry|moving the bytes) took \d\.\d times as long as expected$/,
  );
  const bytes = { files: 1, bytes: 1e11, skipped: 0, roundTripMs: 0 };
  assert.match(
    whyOff(guess, 'default', bytes, predictMs(guess, bytes) / 3)!,
    /^moving the bytes took 0\.\d times as long as expected, and nothing had been measured here before$/,
  );
  assert.equal(whyOff(known, 'route', work, 0), undefined);
});

/** The standard normal deviate below which this share of all lies. */
function deviate(share: number): number {
  let [low, high] = [-5, 5];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    if (below(middle) < share) low = middle;
    else high = middle;
  }
  return low;
}

function below(x: number): number {
  let sum = x;
  for (let i = 1, term = x; i < 100; i++) {
    term *= (x * x) / (2 * i + 1);
    sum += term;
  }
  return 0.5 + (sum * Math.exp((-x * x) / 2)) / Math.sqrt(2 * Math.PI);
}
