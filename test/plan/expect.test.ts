import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { predictMs } from '../../src/plan/cost.ts';
import { assuming, type Earlier, expectedOf } from '../../src/plan/expect.ts';
import { type Todo, workOn } from '../../src/plan/todo.ts';
import { emptyProfile, tallyFile } from '../../src/profile/profile.ts';
import { emptyTally, type Tally } from '../../src/report/events.ts';
import { costOf, routeOf } from './counts.ts';

const route = routeOf('local', 'ssh', 20);

/** 100 small files, 2 large ones, 8 directories. */
const counts = { ...emptyProfile(), directories: 8 };
for (let i = 0; i < 100; i++) tallyFile(counts, 1000);
for (let i = 0; i < 2; i++) tallyFile(counts, 50e6);
const bytes = 100_100_000;

function run(done: Partial<Tally>, more: Partial<Earlier> = {}): Earlier {
  const doings = { ...emptyTally(), ...done };
  return { counts, doings, walkEnded: true, isOver: true, elapsedMs: 1000, ...more };
}

const first = run({ copied: 102, copiedBytes: bytes, large: 2, largeBytes: 100e6, made: 8 });
const few = run({ copied: 3, copiedBytes: 3000, skipped: 99 });
const many = run({ copied: 90, copiedBytes: 90_000, skipped: 12 }, { elapsedMs: 5000 });
const quick = run({ skipped: 102 }, { elapsedMs: 10 });
const half = run(
  { copied: 50, copiedBytes: 50_000, large: 0, made: 5 },
  { isOver: false, elapsedMs: undefined },
);
const again = run({ copied: 1, copiedBytes: 1000, skipped: 50, skippedBytes: 50_000 }, { isOver: false });

type Case = readonly [
  name: string,
  earlier: readonly Earlier[],
  how: { readonly isNew?: boolean; readonly isResumed?: boolean },
  expected: string | undefined,
  assumes?: RegExp,
];

const table: readonly Case[] = [
  ['no run', [], {}, undefined],
  ['a run that saw a part', [run({}, { walkEnded: false })], {}, undefined],
  [
    'one run that went through',
    [first],
    {},
    'small 0, large 0, left 102',
    /^if nothing changed since the last run/,
  ],
  [
    'a destination that is gone',
    [few, first],
    { isNew: true },
    'small 108, large 2, left 0',
    /^if the source is as/,
  ],
  ['a second run', [few, first], {}, 'small 3, large 0, left 99', /^if as much changed as last time$/],
  [
    'several',
    [quick, many, few, first],
    {},
    'small 3, large 0, left 99',
    /the middle one of the last 3 runs$/,
  ],
  [
    'the newest five',
    [few, few, few, few, few, many, many, many, first],
    {},
    'small 3, large 0, left 99',
    /last 5 runs/,
  ],
  ['a first run that was stopped', [half], {}, 'small 53, large 2, left 55', /^if the rest is like/],
  ['the same that goes on', [half], { isResumed: true }, 'small 53, large 2, left 0'],
  ['a later run that was stopped', [again, first], {}, 'small 1, large 0, left 109'],
];

describe('expectedOf() tells what there will be to do', () => {
  for (const [name, earlier, how, expected, assumes = /^if /] of table)
    test(name, () => {
      const found = expectedOf(earlier, { route, isNew: false, isResumed: false, ...how });
      assert.equal(found && told(found.todo), expected);
      if (found) assert.match(found.assumes, assumes);
    });
});

function told({ small, large, left }: Todo): string {
  return `small ${small.files}, large ${large.files}, left ${left.files}`;
}

test('assuming() spans from the least to the most that there may be to do', () => {
  const cost = costOf('tar');
  const predicted = { legs: [], predictedMs: 1, likely: undefined };
  const spanOf = (earlier: readonly Earlier[]) => {
    const expected = expectedOf(earlier, { route, isNew: false, isResumed: false })!;
    const { likely, assumes } = assuming(predicted, expected, cost, route);
    assert.equal(assumes, expected.assumes);
    const [least, most] = [expected.least, expected.most].map((todo) => predictMs(cost, workOn(todo, route)));
    assert.ok(likely!.leastMs < least! && likely!.mostMs > most!);
    return most! / least!;
  };
  assert.ok(spanOf([first]) > 1.1, 'nothing, or all of it');
  assert.equal(spanOf([few, first]), 1);
  assert.ok(spanOf([quick, many, first]) > 1);
});
