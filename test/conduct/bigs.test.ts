import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BigWork } from '../../src/conduct/bigs/big-work.ts';
import { Bigs } from '../../src/conduct/bigs/bigs.ts';
import { Checkpoint } from '../../src/conduct/checkpoint/checkpoint.ts';
import { rowOfBig } from '../../src/conduct/checkpoint/part-rows.ts';
import { Frontier } from '../../src/conduct/frontier/frontier.ts';
import type { Job, Outcome } from '../../src/conduct/jobs.ts';
import { score, sitting } from '../../src/conduct/score/score.ts';
import type { PartRow } from '../../src/journal/types.ts';
import { emptyProfile } from '../../src/profile/profile.ts';
import { emptyTally, mergeTally } from '../../src/report/events.ts';

const MiB = 1024 * 1024;
const file = {
  dir: Buffer.of(),
  name: Buffer.from('f\0'),
  bytes: 30 * MiB,
  print: '',
  sparse: false,
  over: '',
};

/** A file of 30 MiB whose second range of 8 MiB has arrived. */
function begun(): PartRow {
  const work = new BigWork(1, { ...file, partial: 'p', rangeBytes: 8 * MiB });
  work.rangeEnded({ offset: 8 * MiB, length: 8 * MiB }, true);
  return rowOfBig(1, work);
}

/** What is left to do of it, where ranges are of 4 MiB now. */
function leftOf(row: PartRow): { left: [offset: number, length: number][]; there: number } {
  const frontier = new Frontier(false);
  const checkpoint = new Checkpoint();
  const unused = () => assert.fail();
  let there = 0;
  const bigs = new Bigs({
    rangesOf: () => ({ rangeBytes: 4 * MiB, mostBytes: 0 }),
    tries: 1,
    open: unused,
    look: unused,
    failed: unused,
    link: unused,
    begun: (bytes) => (there += bytes),
    frontier,
    checkpoint,
  });
  checkpoint.open(row.id, 0, () => row, true);
  bigs.restore(row);
  const first = frontier.next()!;
  bigs.ended(first, { big: 'begun', bigs: [(first as Job & { file: never }).file] } as unknown as Outcome);
  const left: [number, number][] = [];
  for (let job = frontier.next(); job?.kind === 'range'; job = frontier.next())
    left.push([job.offset / MiB, job.length / MiB]);
  return { left, there: there / MiB };
}

test('ranges of a large file that was begun stay as long as they were', () => {
  assert.deepEqual(leftOf(begun()).left, [
    [0, 8],
    [16, 8],
    [24, 6],
  ]);
});

test('what was there of a large file that is taken up counts as begun, not as moved', () => {
  assert.equal(leftOf(begun()).there, 8);
  const before = { ...emptyTally(), copied: 1, copiedBytes: 10, failed: 2 };
  const since = score({ tally: before, profile: emptyProfile(), notices: {} });
  since.begunBytes = 8;
  mergeTally(since.tally, { ...emptyTally(), copied: 1, copiedBytes: 30, large: 1, largeBytes: 30 });
  assert.deepEqual(sitting(since), { ...emptyTally(), copied: 1, copiedBytes: 22, large: 1, largeBytes: 22 });
});

test('ranges of which nobody knows how long they were are all to come', () => {
  const { rangeBytes: _, ...detail } = JSON.parse(begun().detail);
  const { left, there } = leftOf({ ...begun(), detail: JSON.stringify(detail) });
  assert.equal(
    left.reduce((sum, [, length]) => sum + length, 0),
    30,
  );
  assert.equal(there, 0);
});
