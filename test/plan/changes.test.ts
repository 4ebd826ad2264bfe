import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { changesBy } from '../../src/plan/changes.ts';
import type { Cost } from '../../src/plan/cost.ts';
import type { PlaceKind } from '../../src/plan/plan.ts';
import { costOf, routeOf } from './counts.ts';

type Case = {
  readonly name: string;
  readonly ends: readonly [PlaceKind, PlaceKind];
  readonly roundTripMs: number;
  readonly measured?: readonly Cost[];
  readonly bytesPerSecond?: number;
  readonly expected: readonly [fromMb: number | undefined, reason: string] | undefined;
};

const table: readonly Case[] = [
  {
    name: 'a long line nobody measured',
    ends: ['local', 'ssh'],
    roundTripMs: 100,
    expected: [
      8.4,
      'the line takes 67 MB/s as far as is known, and both sides are read at 500 MB/s, worth it from 8 MB on',
    ],
  },
  {
    name: 'the same from there',
    ends: ['ssh', 'local'],
    roundTripMs: 100,
    expected: [
      8.4,
      'the line takes 67 MB/s as far as is known, and both sides are read at 500 MB/s, worth it from 8 MB on',
    ],
  },
  {
    name: 'loopback',
    ends: ['local', 'ssh'],
    roundTripMs: 0.2,
    expected: [
      19.8,
      'the line takes 332 MB/s as far as is known, and both sides are read at 500 MB/s, worth it from 20 MB on',
    ],
  },
  {
    name: 'loopback that was measured to be quick',
    ends: ['local', 'ssh'],
    roundTripMs: 0.2,
    measured: [costOf('parallel', { perByteMs: 2.2e-6 })],
    expected: [94.4, 'the line takes 452 MB/s, and both sides are read at 500 MB/s, worth it from 94 MB on'],
  },
  {
    name: 'loopback with a limit',
    ends: ['local', 'ssh'],
    roundTripMs: 0.2,
    bytesPerSecond: 10e6,
    expected: [8.4, 'the line takes 10 MB/s, and both sides are read at 500 MB/s, worth it from 8 MB on'],
  },
  {
    name: 'a near line that was measured to be slow',
    ends: ['local', 'ssh'],
    roundTripMs: 0.2,
    measured: [costOf('parallel', { perByteMs: 2e-5 })],
    expected: [8.4, 'the line takes 50 MB/s, and both sides are read at 500 MB/s, worth it from 8 MB on'],
  },
  {
    name: 'a long line that was measured to be quick',
    ends: ['local', 'ssh'],
    roundTripMs: 10,
    measured: [costOf('parallel', { perByteMs: 1e-6 })],
    expected: [undefined, 'the line takes 627 MB/s, which is quicker than reading both sides'],
  },
  {
    name: 'what only rsync measured, which sends less than there is',
    ends: ['local', 'ssh'],
    roundTripMs: 0.2,
    measured: [costOf('rsync', { perByteMs: 1 })],
    expected: [
      19.8,
      'the line takes 332 MB/s as far as is known, and both sides are read at 500 MB/s, worth it from 20 MB on',
    ],
  },
  { name: 'two disks', ends: ['local', 'local'], roundTripMs: 0, expected: undefined },
  { name: 'two hosts', ends: ['ssh', 'ssh'], roundTripMs: 100, expected: undefined },
  { name: 'a bucket', ends: ['local', 's3'], roundTripMs: 100, expected: undefined },
];

describe('changesBy() says whether large files that changed go by delta', () => {
  for (const { name, ends, roundTripMs, measured = [], bytesPerSecond, expected } of table)
    test(name, () => {
      const costs = { route: measured, machine: [] };
      const verdict = changesBy(routeOf(...ends, roundTripMs), { costs, bytesPerSecond });
      const { fromBytes, reason } = verdict ?? {};
      const fromMb = fromBytes && Math.round(fromBytes / 1e5) / 10;
      assert.deepEqual(verdict && [fromMb, reason], expected);
    });
});
