import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { analysis } from '../../src/plan/analysis.ts';
import type { PlaceKind, Strategy } from '../../src/plan/plan.ts';
import { emptyProfile, type Profile, tallyFile } from '../../src/profile/profile.ts';
import { emptyTally, type Tally } from '../../src/report/events.ts';
import { routeOf } from './counts.ts';

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
    ['tar small 30', 'parallel large 2'],
  ],
  [
    'files between 1 and 8 MB, which go together on a long line alone',
    legsOf(profileOf([...small, ...new Array<number>(9).fill(4e6)]), far),
    ['tar small 39'],
  ],
  [
    'the same nearby',
    legsOf(profileOf([...small, ...new Array<number>(9).fill(4e6)]), ['local', 'ssh', 0.2]),
    ['tar small 30', 'parallel large 9'],
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
    ['tar small 15', 'parallel large 1', 'tar unchanged 16'],
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
