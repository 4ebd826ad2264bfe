import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import type { PlaceKind } from '../../src/plan/plan.ts';
import { routeOver, type Wishes } from '../../src/plan/route.ts';
import { type Doings, type Todo, todoFrom, todoOf, workOn } from '../../src/plan/todo.ts';
import { emptyProfile, tallyFile } from '../../src/profile/profile.ts';
import { emptyTally, type Tally } from '../../src/report/events.ts';
import { routeOf } from './counts.ts';

const far = routeOf('local', 'ssh', 100);
const usual: Wishes = {
  bytesPerSecond: undefined,
  checksum: false,
  verify: false,
  preserve: { sparse: true },
};

type Case = readonly [name: string, done: Partial<Tally>, expected: Partial<Todo>];

const none = { files: 0, bytes: 0 };

const table: readonly Case[] = [
  ['nothing', {}, { small: none, large: none, changed: none, left: none }],
  ['small files', { copied: 5, copiedBytes: 50 }, { small: { files: 5, bytes: 50 } }],
  [
    'entries without bytes beside them',
    { copied: 1, copiedBytes: 7, linked: 2, made: 3, repaired: 4 },
    { small: { files: 10, bytes: 7 }, made: 3 },
  ],
  [
    'large files apart',
    { copied: 5, copiedBytes: 150, large: 2, largeBytes: 100 },
    { small: { files: 3, bytes: 50 }, large: { files: 2, bytes: 100 }, changed: none },
  ],
  [
    'and those that changed in place',
    { copied: 5, copiedBytes: 150, large: 2, largeBytes: 100, deltas: 1, deltaBytes: 60 },
    { small: { files: 3, bytes: 50 }, large: { files: 1, bytes: 40 }, changed: { files: 1, bytes: 60 } },
  ],
  ['what is left alone', { skipped: 9, skippedBytes: 900 }, { small: none, left: { files: 9, bytes: 900 } }],
];

describe('todoOf() tells the ways apart that entries go', () => {
  for (const [name, done, expected] of table)
    test(name, () => {
      const todo = todoOf({ ...emptyTally(), ...done });
      for (const [key, value] of Object.entries(expected)) assert.deepEqual(todo[key as keyof Todo], value);
    });
});

test('workOn() counts what goes by what changed in it apart from other bytes', () => {
  const done: Doings = { ...emptyTally(), copied: 3, copiedBytes: 90, large: 2, largeBytes: 80 };
  const work = workOn(todoOf({ ...done, deltas: 1, deltaBytes: 50, skipped: 4 }), far);
  assert.deepEqual(work, { files: 3, bytes: 40, holes: 0, compared: 50, skipped: 4, roundTripMs: 100 });
});

test('workOn() counts what is read to compare contents, once for each time', () => {
  const done: Doings = { ...emptyTally(), copied: 3, copiedBytes: 90, large: 1, largeBytes: 50, deltas: 1 };
  const todo = todoOf({ ...done, deltaBytes: 50, skipped: 4, skippedBytes: 7 });
  const ends = { source: { kind: 'local' }, dest: { kind: 'ssh' }, roundTripMs: 100 } as const;
  const compared = (wishes: Partial<Wishes>) => {
    return workOn(todo, routeOver(ends, { ...usual, ...wishes })).compared;
  };
  assert.equal(compared({}), 50);
  assert.equal(compared({ checksum: true }), 50 + 7);
  assert.equal(compared({ verify: true }), 50 + 97);
  assert.equal(compared({ verify: true, checksum: true }), 50 + 97 + 7);
});

test('workOn() counts holes apart, where they are not moved', () => {
  const profile = emptyProfile();
  for (const bytes of [500, 50e6]) tallyFile(profile, bytes);
  profile.holeBytes = 40e6;
  const holesOn = (source: PlaceKind, dest: PlaceKind) => {
    const route = routeOf(source, dest, 100);
    return workOn(todoFrom(profile, route), route).holes;
  };
  assert.equal(holesOn('local', 'local'), 40e6);
  assert.equal(holesOn('local', 'ssh'), 40e6);
  assert.equal(holesOn('local', 's3'), 0);
  assert.equal(holesOn('ssh', 'local'), 0);
  const done = { ...emptyTally(), copied: 1, copiedBytes: 10, holeBytes: 20 };
  const { bytes, holes } = workOn(todoOf(done), far);
  assert.deepEqual([bytes, holes], [10, 10]);
  for (const kind of ['local', 'ssh'] as const) {
    const between = { source: { kind: 'local' }, dest: { kind }, roundTripMs: 0 } as const;
    assert.equal(
      workOn(todoOf(done), routeOver(between, { ...usual, preserve: { sparse: false } })).holes,
      0,
    );
  }
});

test('todoFrom() knows of a source alone which files are large, not which changed in place', () => {
  const profile = emptyProfile();
  for (const bytes of [500, 500, 50e6]) tallyFile(profile, bytes);
  const { small, large, changed, left } = todoFrom(profile, far);
  assert.deepEqual(
    [small, large, changed, left],
    [{ files: 2, bytes: 1000 }, { files: 1, bytes: 50e6 }, undefined, none],
  );
});
