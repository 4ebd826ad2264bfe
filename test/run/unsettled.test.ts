import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Journal } from '../../src/journal/journal.ts';
import type { TransferRequest } from '../../src/request.ts';
import { doubt, settle, settleMost, unsettle } from '../../src/run/unsettled.ts';

const all = { rules: [], filesFrom: undefined, oneFileSystem: false } as unknown as TransferRequest;
const some = { ...all, rules: [{ action: 'exclude', pattern: 'x' }] } as unknown as TransferRequest;

type Kept = Pick<Journal, 'unsettled'>;

/** Runs, at which seconds of the destination's clock they began and by which start of its machine. */
function runs() {
  const journal: Kept = { unsettled: undefined };
  const kept = { rescued: undefined, lastRun: () => ({}) };
  const known = Object.assign(journal, kept) as unknown as Journal;
  return {
    begin(seconds: number, bootId: string, request = all) {
      const ground = { place: 'there', bootId, clock: () => seconds * 1000 + 0.7 };
      const { sweep, suspectSince, suspectUntil } = unsettle(known, request, ground);
      const since = Number(suspectSince) / 1e9;
      return { sweep, since, until: suspectUntil === undefined ? undefined : Number(suspectUntil) / 1e9 };
    },
    lost: () => doubt(known),
    done: (request = all, isSynced = false) => settle(known, request, isSynced),
    partial: (request = all, isSynced = false) => settleMost(known, request, isSynced),
  };
}

const clean = { sweep: false, since: 0, until: undefined };
const leftovers = { sweep: true, since: 0, until: undefined };

test('what a killed run wrote is in doubt when its machine was started anew, by the clock of that machine', () => {
  const { begin, done } = runs();
  assert.deepEqual(begin(1000, 'first'), clean);
  assert.deepEqual(begin(1100, 'first'), leftovers);
  assert.deepEqual(begin(1200, 'second'), { ...leftovers, since: 998 });
  assert.deepEqual(begin(1300, 'second'), { ...leftovers, since: 998 });
  done();
  assert.deepEqual(begin(1400, 'third'), clean);
});

test('after a run in which something failed nothing is in doubt that was not before', () => {
  const { begin, partial } = runs();
  begin(1000, 'first');
  partial();
  assert.deepEqual(begin(1100, 'second'), { ...leftovers, until: 1100 });
  partial();
  begin(1200, 'third');
  assert.deepEqual(begin(1300, 'fourth'), { ...leftovers, since: 1198 });
  partial();
  for (const seconds of [1400, 1500]) {
    assert.deepEqual(begin(seconds, `at ${seconds}`), { ...leftovers, since: 1198, until: 1300 });
    partial();
  }
  begin(1600, 'sixth');
  assert.deepEqual(begin(1700, 'sixth'), { ...leftovers, since: 1198 });
});

test('what a run wrote whose barrier failed stays in doubt though it got to its end', () => {
  const { begin, lost, partial } = runs();
  begin(1000, 'first');
  lost();
  partial();
  assert.deepEqual(begin(1100, 'first'), { ...leftovers, since: 998 });
});

test('a run of some entries settles nothing of others', () => {
  const { begin, done, partial } = runs();
  begin(1000, 'first');
  begin(1100, 'first', some);
  done(some);
  partial(some);
  assert.deepEqual(begin(1200, 'second'), { ...leftovers, since: 998 });
});

test('a clock that was set back leaves all in doubt', () => {
  const { begin } = runs();
  begin(5000, 'first');
  assert.deepEqual(begin(1000, 'second'), { ...leftovers, since: 1e-9 });
});

test('runs of lists of one name, in which one was killed: the next one that synced ends the doubt of what it wrote itself', () => {
  const nights = ['one', 'two', 'three', 'four'].map((digest) => {
    const filesFrom = { kind: 'file', path: '/list', separator: 'newline', digest };
    return { ...all, filesFrom } as TransferRequest;
  });
  const [one, two, three, four] = nights as [
    TransferRequest,
    TransferRequest,
    TransferRequest,
    TransferRequest,
  ];
  const { begin, done } = runs();
  begin(1000, 'first', one);
  assert.deepEqual(begin(1100, 'first', two), leftovers);
  done(two, true);
  assert.deepEqual(begin(1200, 'second', three), { ...leftovers, until: 1200 });
  assert.deepEqual(begin(1300, 'third', four), { ...leftovers, since: 1198 });
  done(four, true);
  assert.deepEqual(begin(1400, 'fourth', one), { ...leftovers, since: 1198, until: 1300 });
  done();
  assert.deepEqual(begin(1500, 'fifth', one), clean);
});
