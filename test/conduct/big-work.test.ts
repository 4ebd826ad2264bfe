/** How the ranges of one large file are given to lanes. */
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { BigWork } from '../../src/conduct/bigs/big-work.ts';
import type { Job } from '../../src/conduct/jobs.ts';

const MiB = 1024 * 1024;
const file = { dir: Buffer.of(), name: Buffer.from('f\0'), print: '', partial: 'p', sparse: false, over: '' };

type RangeJob = Extract<Job, { kind: 'range' }>;

/** All that so many lanes are given, one after the other, each again as soon as it has done what it has. */
function given(work: BigWork, lanes: number): RangeJob[] {
  const underWay: RangeJob[] = [];
  const all: RangeJob[] = [];
  for (;;) {
    const job = underWay.length < lanes ? work.nextRange() : undefined;
    if (job?.kind === 'range') {
      all.push(job);
      underWay.push(job);
    } else if (underWay.length > 0) work.rangeEnded(underWay.shift()!, true);
    else return all;
  }
}

test('ranges go many in a row while there are many, and one by one in the end, each once', () => {
  const bytes = 200 * MiB + 17;
  const work = new BigWork(1, { ...file, bytes, rangeBytes: MiB }, undefined, 8 * MiB);
  const jobs = given(work, 4);
  const lengths = jobs.map(({ length }) => length / MiB);
  assert.deepEqual([lengths[0], lengths.at(-2)], [8, 1]);
  assert.ok(lengths.every((length, at) => at === 0 || length <= lengths[at - 1]!));
  let end = 0;
  for (const { offset, length } of jobs) {
    assert.equal(offset, end);
    end += length;
  }
  assert.deepEqual([end, work.isComplete, work.bytesThere], [bytes, true, bytes]);
});

test('what has arrived before is not in a row with what has not', () => {
  const there = Uint8Array.of(0b0000_1000, 0);
  const work = new BigWork(1, { ...file, bytes: 16 * MiB, rangeBytes: MiB }, there, 8 * MiB);
  const jobs = given(work, 1);
  assert.deepEqual([jobs[0]!.offset, jobs[0]!.length, jobs[1]!.offset], [0, 3 * MiB, 4 * MiB]);
  assert.ok(work.isComplete);
});

test('the last ranges are not said to be followed by others', () => {
  const work = new BigWork(1, { ...file, bytes: 5 * MiB, rangeBytes: MiB });
  const jobs = given(work, 2);
  assert.deepEqual(
    jobs.map(({ goesOn }) => goesOn),
    [true, true, true, false, false],
  );
});
