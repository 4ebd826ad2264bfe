import assert from 'node:assert/strict';
import { test } from 'node:test';
import { defaultCost, predictMs } from '../../src/plan/cost.ts';
import type { Counts } from '../../src/plan/counts.ts';
import { costOf as known } from '../../src/plan/entrants.ts';
import { type EngineName, engineNames } from '../../src/plan/plan.ts';
import type { Route } from '../../src/plan/route.ts';
import { todoFrom, workOn } from '../../src/plan/todo.ts';
import { costOf, countsOf, routeOf } from './counts.ts';

const none = { files: 0, bytes: 0, holes: 0, compared: 0, skipped: 0, roundTripMs: 0 };

test('predictMs() adds set-up, entries, bytes and entries left alone', () => {
  const cost = costOf('parallel', { setupMs: 100, perFileMs: 2, perByteMs: 0.5, perSkipMs: 0.25 });
  assert.equal(predictMs(cost, none), 100);
  assert.equal(predictMs(cost, { ...none, files: 10, bytes: 8, skipped: 4 }), 100 + 20 + 4 + 1);
  assert.equal(predictMs(cost, { ...none, compared: 2e9 }), 100 + 4000); // both sides are read, at 500 MB/s
});

test('predictMs() adds round trips: none on one machine, fewer for engines that send ahead', () => {
  const far = { files: 10_000, bytes: 0, skipped: 0, roundTripMs: 100 };
  for (const engine of engineNames) {
    assert.ok(predictMs(costOf(engine), far) > predictMs(costOf(engine), { ...far, roundTripMs: 0 }), engine);
  }
  const { rsync, tar, parallel } = {
    rsync: costOf('rsync'),
    tar: costOf('tar'),
    parallel: costOf('parallel'),
  };
  assert.ok(predictMs(tar, far) < predictMs(parallel, far));
  assert.ok(predictMs(rsync, far) < predictMs(parallel, far));
});

test('predictMs() holds one SSH channel to what it keeps in flight, and lets lanes go past it', () => {
  const far = { files: 1, bytes: 1.7e9, skipped: 0, roundTripMs: 100 };
  const seconds = (engine: EngineName) => predictMs(defaultCost(engine), far) / 1000;
  assert.ok(Math.abs(seconds('rsync') - 85) < 5, `17 MB/s was measured; predicted ${seconds('rsync')} s`);
  assert.ok(seconds('proxy') > 2 * seconds('rsync') * 0.95, `crosses two; predicted ${seconds('proxy')} s`);
  assert.ok(seconds('parallel') < 20, `predicted ${seconds('parallel')} s`);
});

test('defaultCost() has constants that no run has taught, for every engine', () => {
  for (const engine of engineNames) {
    const cost = defaultCost(engine);
    assert.deepEqual([cost.engine, cost.runs], [engine, 0]);
    assert.ok(cost.setupMs > 0 && cost.perFileMs > 0 && cost.perByteMs > 0 && cost.perSkipMs > 0);
  }
});

test('defaultCost() takes a network for slower than two trees in memory, and a long line for slower still', () => {
  for (const engine of engineNames) {
    const [here, near, long] = [0, 0.2, 100].map((roundTripMs) => defaultCost(engine, { roundTripMs }));
    assert.ok(near!.perByteMs >= here!.perByteMs && long!.perByteMs >= 9e-6, engine);
    assert.ok(near!.setupMs >= 400 && near!.perFileMs >= 0.04, engine);
  }
});

test('todoFrom() counts entries of every kind', () => {
  const counts = countsOf({ files: 5, directories: 4, symlinks: 3, specials: 2, bytes: 70 });
  assert.deepEqual(workOf(counts, routeOf('local', 'ssh', 9)), {
    files: 14,
    bytes: 70,
    holes: 0,
    compared: 0,
    skipped: 0,
    roundTripMs: 9,
  });
});

test('todoFrom() takes a directory on one machine for several files, over a network for one', () => {
  const counts = countsOf({ files: 100, directories: 10 });
  assert.equal(workOf(counts, routeOf('local', 'local')).files, 100 + 6 * 10);
  assert.equal(workOf(counts, routeOf('local', 'ssh', 9)).files, 110);
});

test('todoFrom() leaves alone what did not change since the last run', () => {
  const counts = countsOf({ files: 90, directories: 10, bytes: 1000, changed: 25 });
  assert.deepEqual(workOf(counts, routeOf('local', 'local')), {
    files: 25,
    bytes: 250,
    holes: 0,
    compared: 0,
    skipped: 75,
    roundTripMs: 0,
  });
});

test('todoFrom() of an empty tree is nothing', () => {
  assert.deepEqual(workOf(countsOf({ changed: 0 }), routeOf('local', 'local')), none);
});

test('defaultCost() takes what was measured of a line for what a byte takes', () => {
  assert.equal(defaultCost('parallel', { roundTripMs: 100, bytesPerSecond: 10e6 }).perByteMs, 1000 / 10e6);
  assert.equal(defaultCost('parallel', { roundTripMs: 0.2, bytesPerSecond: 50e6 }).perByteMs, 1000 / 50e6);
});

test('a service is asked for each entry, which takes longer than two trees in memory', () => {
  const counts = countsOf({ files: 10_000, directories: 100, bytes: 4e7 });
  const took = (dest: 'local' | 's3' | 'cloud', engine: EngineName) => {
    const route = routeOf('local', dest);
    return predictMs(known(engine, { route: [], machine: [] }, route).cost, workOf(counts, route));
  };
  assert.ok(took('s3', 'parallel') > 20 * took('local', 'parallel'));
  assert.ok(took('cloud', 'rclone') > took('s3', 'parallel'));
});

function workOf(counts: Counts, route: Route) {
  return workOn(todoFrom(counts, route), route);
}
