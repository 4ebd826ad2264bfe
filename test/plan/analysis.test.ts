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
    likely: found.plan.legs[0]!.likely,
    reason,
  };
  assert.deepEqual(found.plan, { legs: [leg], predictedMs });
  assert.equal(found.reason, reason);
  assert.deepEqual(JSON.parse(JSON.stringify(found.candidates)).length, 5);
});

test('analysis() plans no leg where nothing in this build can do it', () => {
  const found = analysis(emptyProfile(), routeOf('cloud', 'http'), {
    costs,
    strategy: 'auto',
    lanes: 'auto',
  });
  assert.deepEqual(found.plan, { legs: [], predictedMs: undefined });
  assert.match(found.reason, /cannot: it does not reach cloud places/);
});
