import assert from 'node:assert/strict';
import { test } from 'node:test';
import { type Cost, constants, defaultCost, predictMs, type Work } from '../../src/plan/cost.ts';
import { learn } from '../../src/plan/learn.ts';
import { costOf } from './counts.ts';

const smallFiles: Work = { files: 100_000, bytes: 4e8, skipped: 0, roundTripMs: 0 };
const largeFiles: Work = { files: 20, bytes: 2e10, skipped: 0, roundTripMs: 0 };
const unchanged: Work = { files: 0, bytes: 0, skipped: 1e6, roundTripMs: 0 };
const oneFile: Work = { files: 1, bytes: 1000, skipped: 0, roundTripMs: 0 };
const kinds = [smallFiles, largeFiles, unchanged, oneFile];

const guess = costOf('parallel', { runs: 0 });
const truth = costOf('parallel', { setupMs: 400, perFileMs: 0.2, perByteMs: 8e-6, perSkipMs: 0.05 });

/** Runs each kind of work in turn, each taking what `truth` says, times what `noise` says. */
function taught(cost: Cost, rounds: number, noise: (run: number) => number = () => 1): Cost {
  let known = cost;
  for (let run = 0; run < rounds * kinds.length; run++) {
    const work = kinds[run % kinds.length]!;
    known = learn(known, work, predictMs(truth, work) * noise(run));
  }
  return known;
}

function near(actual: number, expected: number, share: number, what: string): void {
  assert.ok(
    Math.abs(actual / expected - 1) <= share,
    `${what}: ${actual}, not within ${share} of ${expected}`,
  );
}

test('learn() predicts a second run like the first within a tenth, though the guess was far off', () => {
  for (const work of [smallFiles, largeFiles, unchanged]) {
    const tookMs = predictMs(truth, work);
    near(predictMs(learn(guess, work, tookMs), work), tookMs, 0.1, JSON.stringify(work));
  }
});

test('learn() tells the time per file, per byte and per entry left alone apart', () => {
  const known = taught(guess, 20);
  near(known.setupMs, truth.setupMs, 0.1, 'set-up');
  near(known.perFileMs, truth.perFileMs, 0.05, 'per file');
  near(known.perByteMs, truth.perByteMs, 0.05, 'per byte');
  near(known.perSkipMs, truth.perSkipMs, 0.05, 'per entry left alone');
});

test('learn() needs one run of each kind', () => {
  const known = taught(guess, 1);
  for (const work of kinds) near(predictMs(known, work), predictMs(truth, work), 0.1, JSON.stringify(work));
});

test('learn() stays close where every run is a third quicker or slower', () => {
  const known = taught(guess, 30, (run) => (run % 7 < 3 ? 1.33 : 0.75));
  near(known.perFileMs, truth.perFileMs, 0.4, 'per file');
  near(known.perByteMs, truth.perByteMs, 0.4, 'per byte');
});

test('learn() moves a measured constant by half at most for one odd run, and comes back', () => {
  const known = taught(guess, 20);
  for (const odd of [1000, 1 / 1000]) {
    const upset = learn(known, smallFiles, predictMs(truth, smallFiles) * odd);
    const moved = upset.perFileMs / known.perFileMs;
    assert.ok(moved < 1.55 && moved > 1 / 1.55, `moved by ${moved}`);
    near(taught(upset, 5).perFileMs, truth.perFileMs, 0.1, 'per file');
  }
});

test('learn() follows a route that became ten times slower', () => {
  let known = taught(guess, 20);
  const tookMs = predictMs(truth, largeFiles) * 10;
  for (let run = 0; run < 10; run++) known = learn(known, largeFiles, tookMs);
  near(predictMs(known, largeFiles), tookMs, 0.1, 'ten times slower');
});

test('learn() takes only the set-up from a tiny run, and does not count it', () => {
  const known = learn(guess, oneFile, 500);
  near(known.setupMs, 500, 0.1, 'set-up');
  const { setupMs, doubt } = guess;
  assert.deepEqual({ ...known, setupMs, doubt: { ...known.doubt, setupMs: doubt.setupMs } }, guess);
});

test('learn() leaves the set-up nearly alone in a long run', () => {
  const known = learn(truth, largeFiles, predictMs(truth, largeFiles) * 3);
  near(known.setupMs, truth.setupMs, 0.01, 'set-up');
});

test('learn() does not take round trips for slowness', () => {
  const far = { ...smallFiles, roundTripMs: 100 };
  const known = learn(truth, far, predictMs(truth, far));
  near(known.perFileMs, truth.perFileMs, 0.001, 'per file');
});

test('learn() comes back from runs that took no time at all', () => {
  let known = truth;
  for (let run = 0; run < 200; run++) known = learn(known, smallFiles, 1e-6);
  for (let run = 0; run < 60; run++) known = learn(known, smallFiles, predictMs(truth, smallFiles));
  near(predictMs(known, smallFiles), predictMs(truth, smallFiles), 0.1, 'small files');
});

test('learn() counts its runs and gives plain numbers whatever it is told', () => {
  const works = [
    ...kinds,
    { ...smallFiles, roundTripMs: 1e6 },
    { files: 0, bytes: 0, skipped: 0, roundTripMs: 0 },
  ];
  for (const work of works) {
    for (const tookMs of [0, -5, Number.NaN, Number.POSITIVE_INFINITY, 1e-9, 1e15]) {
      let known = guess;
      for (let run = 0; run < 200; run++) known = learn(known, work, tookMs);
      for (const constant of constants) {
        for (const value of [known[constant], known.doubt[constant]]) {
          assert.ok(Number.isFinite(value) && value > 0, `${constant} has ${value} after ${tookMs}`);
        }
      }
    }
  }
  assert.equal(taught(guess, 2).runs, 6);
});

test('learn() predicts a second run over a long line, though the first waited for less than was counted', () => {
  const cases: readonly (readonly [work: Work, tookMs: number])[] = [
    [{ files: 50_500, bytes: 1e8, skipped: 0, roundTripMs: 100 }, 2770],
    [{ files: 6000, bytes: 3e6, skipped: 0, roundTripMs: 100 }, 2110],
    [{ files: 1, bytes: 0, compared: 2.15e8, skipped: 0, roundTripMs: 20 }, 1020],
    [{ files: 2, bytes: 2000, skipped: 0, roundTripMs: 100 }, 1500],
  ];
  for (const [work, tookMs] of cases) {
    const cold = defaultCost('tar', { roundTripMs: work.roundTripMs });
    assert.ok(predictMs(cold, work) > 1.3 * tookMs, 'cold it was far too much');
    near(predictMs(learn(cold, work, tookMs), work), tookMs, 0.25, JSON.stringify(work));
  }
});

test('learn() keeps what was measured of lines and disks where few round trips turn out to be waited for', () => {
  const far = { ...oneFile, roundTripMs: 100 };
  let known = defaultCost('tar', { roundTripMs: 100 });
  const { perFileMs, perByteMs } = known;
  for (let run = 0; run < 5; run++) known = learn(known, far, 1200);
  assert.ok(known.perTrip < 0.7, `${known.perTrip} of the round trips`);
  assert.deepEqual([known.perFileMs, known.perByteMs], [perFileMs, perByteMs]);
});
