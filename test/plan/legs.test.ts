import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { analysis } from '../../src/plan/analysis.ts';
import { choose } from '../../src/plan/choose.ts';
import { thisBuild } from '../../src/plan/fit.ts';
import { learntAs } from '../../src/plan/legs.ts';
import type { PlaceKind, Strategy } from '../../src/plan/plan.ts';
import type { Route } from '../../src/plan/route.ts';
import { emptyProfile, type Profile, tallyFile } from '../../src/profile/profile.ts';
import { emptyTally, type Tally } from '../../src/report/events.ts';
import { costOf, routeOf } from './counts.ts';

const costs = { route: [], machine: [] };

function profileOf(sizes: readonly number[], changed?: number): Profile {
  const profile = emptyProfile();
  for (const size of sizes) tallyFile(profile, size);
  return { ...profile, changed };
}

function legsOf(
  profile: Profile,
  route: readonly [PlaceKind, PlaceKind, number],
  { strategy = 'auto', done }: { readonly strategy?: Strategy; readonly done?: Partial<Tally> } = {},
) {
  const tally = done && { ...emptyTally(), ...done };
  const { plan } = analysis(profile, routeOf(...route), { costs, strategy, lanes: 'auto', tally });
  return plan;
}

const small = new Array<number>(30).fill(4000);
const large = new Array<number>(2).fill(50e6);
const far = ['local', 'ssh', 100] as const;

type Case = readonly [name: string, legs: ReturnType<typeof legsOf>, expected: readonly string[]];

const table: readonly Case[] = [
  [
    'both kinds on a long line',
    legsOf(profileOf([...small, ...large]), far),
    ['tar small 30', 'parallel large 2', 'rsync changed undefined'],
  ],
  [
    'both kinds nearby',
    legsOf(profileOf([...small, ...large]), ['ssh', 'local', 0.2]),
    ['tar small 30', 'parallel large 2', 'rsync changed undefined'],
  ],
  [
    'files between 1 and 8 MB, which go together on a long line alone',
    legsOf(profileOf([...small, ...new Array<number>(9).fill(4e6)]), far),
    ['tar small 39'],
  ],
  [
    'the same nearby',
    legsOf(profileOf([...small, ...new Array<number>(9).fill(4e6)]), ['local', 'ssh', 0.2]),
    ['tar small 30', 'parallel large 9', 'rsync changed undefined'],
  ],
  ['only small ones', legsOf(profileOf(small), far), ['tar small 30']],
  ['only large ones', legsOf(profileOf(large), far), ['parallel large 2', 'rsync changed undefined']],
  [
    'two hosts',
    legsOf(profileOf([...small, ...large]), ['ssh', 'ssh', 100]),
    ['tar small 30', 'parallel large 2'],
  ],
  [
    'half of it changed',
    legsOf(profileOf([...small, ...large], 16), ['local', 'ssh', 0.2]),
    ['tar small 15', 'parallel large 1', 'rsync changed undefined', 'tar unchanged 16'],
  ],
  [
    'both ends that were looked at',
    legsOf(profileOf([...small, ...large]), far, {
      done: {
        copied: 7,
        copiedBytes: 2e8,
        large: 2,
        largeBytes: 1e8,
        deltas: 1,
        deltaBytes: 5e7,
        skipped: 25,
      },
    }),
    ['tar small 5', 'parallel large 1', 'rsync changed 1', 'tar unchanged 25'],
  ],
  [
    'none that changed in place',
    legsOf(profileOf([...small, ...large]), far, {
      done: { copied: 2, copiedBytes: 1e8, large: 2, largeBytes: 1e8 },
    }),
    ['parallel large 2'],
  ],
  ['nothing at all', legsOf(profileOf([]), far, { done: {} }), ['tar unchanged 0']],
  [
    'one engine that was asked for',
    legsOf(profileOf([...small, ...large]), far, { strategy: 'tar' }),
    ['tar all 32'],
  ],
  ['two disks', legsOf(profileOf([...small, ...large]), ['local', 'local', 0]), ['parallel all 32']],
  ['a bucket', legsOf(profileOf([...small, ...large]), ['local', 's3', 20]), ['parallel all 32']],
];

const comparing: Route = { ...routeOf('local', 'ssh', 100), reads: { moved: 1, left: 2 } };

describe('planOf() has a leg for each kind of entry', () => {
  for (const [name, { legs, predictedMs }, expected] of table)
    test(name, () => {
      assert.deepEqual(
        legs.map(({ engine, entries, files }) => `${engine} ${entries} ${files}`),
        expected,
      );
      const sum = legs.reduce((total, leg) => total + (leg.predictedMs ?? 0), 0);
      assert.ok(Math.abs(sum - predictedMs!) < 1e-6, 'the legs take as long as the whole');
      assert.ok(legs.every(({ reason }) => reason !== ''));
    });

  test('and together they take as long as the whole where contents are compared', () => {
    const done = {
      copied: 9,
      copiedBytes: 9e8,
      large: 2,
      largeBytes: 8e8,
      deltas: 1,
      deltaBytes: 5e8,
      holeBytes: 1e8,
    };
    const tally = { ...emptyTally(), ...done, skipped: 3, skippedBytes: 1e9 };
    const { plan } = analysis(profileOf([]), comparing, { costs, strategy: 'auto', lanes: 'auto', tally });
    assert.equal(plan.legs.length, 4);
    const sum = plan.legs.reduce((total, leg) => total + leg.predictedMs!, 0);
    assert.ok(Math.abs(sum - plan.predictedMs!) < 1e-6);
    assert.ok(plan.predictedMs! > 2e-6 * (8e8 + 5e8 + 2e9));
  });

  test('each with a span around its time, and what that rests on, where it is known what it has to do', () => {
    for (const [name, { legs }] of table)
      for (const { files, predictedMs, likely, basis } of legs) {
        assert.equal(basis, files === undefined ? undefined : 'default', name);
        assert.equal(predictedMs !== undefined, files !== undefined, name);
        if (likely) assert.ok(likely.leastMs <= predictedMs! && predictedMs! <= likely.mostMs, name);
        else assert.equal(files, undefined, name);
      }
  });
});

describe('learntAs() says whose constants a run teaches', () => {
  const quick = [costOf('parallel', { setupMs: 1 }), costOf('proxy'), costOf('tar')];
  const known = { route: quick, machine: [] };
  const learnt = (ends: readonly [PlaceKind, PlaceKind], strategy: Strategy = 'auto') => {
    const route = routeOf(...ends, 0.2);
    const counts = profileOf(new Array<number>(2000).fill(4000));
    const choice = choose(counts, route, { strategy, costs: known, build: thisBuild });
    return learntAs(choice, { route, strategy });
  };

  test('tar’s for a mixed plan, and between two hosts proxy’s, whatever else was measured', () => {
    assert.equal(learnt(['local', 'ssh']), 'tar');
    assert.equal(learnt(['ssh', 'local']), 'tar');
    assert.equal(learnt(['ssh', 'ssh']), 'proxy');
  });

  test('those of the one engine that does it', () => {
    assert.equal(learnt(['ssh', 'ssh'], 'parallel'), 'parallel');
    assert.equal(learnt(['local', 'local']), 'parallel');
  });
});
