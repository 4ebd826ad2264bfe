import assert from 'node:assert/strict';
import { test } from 'node:test';
import { analysis } from '../../src/plan/analysis.ts';
import { emptyProfile, tallyFile } from '../../src/profile/profile.ts';
import { routeOf } from './counts.ts';

const costs = { route: [], machine: [] };

test('analysis() is plain JSON with the profile, every candidate and a plan of one leg', () => {
  const profile = emptyProfile();
  for (let i = 0; i < 20; i++) tallyFile(profile, 5000);
  const found = analysis(profile, routeOf('local', 'local'), { costs, strategy: 'auto', lanes: 4 });
  assert.equal(found.schema, 1);
  assert.equal(found.profile, profile);
  assert.deepEqual(
    found.candidates.map(({ engine }) => engine),
    ['parallel', 'tar', 'proxy', 'rsync', 'rclone'],
  );
  const { predictedMs, reason } = found.candidates[0]!;
  const leg = {
    engine: 'parallel',
    entries: 'all',
    files: 20,
    bytes: 100_000,
    lanes: 4,
    predictedMs,
    likely: found.plan.likely,
    basis: 'default',
    reason,
  };
  assert.deepEqual(found.plan, { legs: [leg], predictedMs, likely: leg.likely });
  assert.equal(found.reason, reason);
  assert.deepEqual(JSON.parse(JSON.stringify(found.candidates)).length, 5);
});

test('analysis() plans no leg where nothing in this build can do it', () => {
  const found = analysis(emptyProfile(), routeOf('cloud', 'http'), {
    costs,
    strategy: 'auto',
    lanes: 'auto',
  });
  assert.deepEqual(found.plan, { legs: [], predictedMs: undefined, likely: undefined });
  assert.match(found.reason, /cannot: it does not reach cloud places/);
});

test('analysis() marks the strategy that does it alone, and none where a mixed plan does', () => {
  const marked = (sizes: readonly number[]) => {
    const profile = emptyProfile();
    for (const size of sizes) tallyFile(profile, size);
    const route = routeOf('local', 'ssh', 20);
    const { plan, candidates } = analysis(profile, route, { costs, strategy: 'auto', lanes: 4 });
    const chosen = candidates.filter((candidate) => candidate.chosen);
    const parallel = candidates.find(({ engine }) => engine === 'parallel')!;
    const tar = candidates.find(({ engine }) => engine === 'tar')!;
    const reasons = { parallel: parallel.reason, tar: tar.reason };
    return { legs: plan.legs.map(({ engine }) => engine), chosen, ...reasons };
  };
  const few = marked([3, 3]);
  assert.deepEqual([few.legs, few.chosen.map(({ engine }) => engine)], [['tar'], ['tar']]);
  assert.match(few.chosen[0]!.reason, /in streams of tar/);
  assert.equal(few.parallel, 'what there is goes by tar');
  const mixed = marked([3, 5e9]);
  assert.deepEqual([mixed.legs.slice(0, 2), mixed.chosen], [['tar', 'parallel'], []]);
  assert.equal(mixed.parallel, 'a leg of the mixed plan');
  assert.equal(mixed.tar, 'a leg of the mixed plan');
});
