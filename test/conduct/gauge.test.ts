import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gauge } from '../../src/conduct/score/gauge.ts';
import { score } from '../../src/conduct/score/score.ts';
import { emptyProfile, tallyFile, tallyLinked } from '../../src/profile/profile.ts';
import { emptyTally } from '../../src/report/events.ts';

/** As many files of 10 bytes, as a walk counts them. */
function profileOf(files: number) {
  const profile = emptyProfile();
  for (let i = 0; i < files; i++) tallyFile(profile, 10);
  return profile;
}

const counts = ({ bytes, totalBytes, files, totalFiles }: ReturnType<Gauge['progress']>) => [
  [bytes, totalBytes],
  [files, totalFiles],
];

test('Gauge never takes the whole for less than what is done while the walk goes on, nor more to be done at its end', () => {
  const now = score();
  const gauge = new Gauge(now);
  const moved = { bytes: 70, entries: 7 };
  const walking = gauge.progress(moved, { walkEnded: false, lanes: 1 });
  assert.deepEqual(counts(walking), [
    [70, 70],
    [7, 7],
  ]);
  assert.ok(!('before' in walking));
  Object.assign(now.profile, profileOf(6));
  assert.deepEqual(counts(gauge.progress(moved, { walkEnded: true, lanes: 1 })), [
    [60, 60],
    [6, 6],
  ]);
});

test('Gauge begins a run that goes on with what was there, also of large files that it takes up', () => {
  const tally = { ...emptyTally(), copied: 3, copiedBytes: 30, skipped: 1, skippedBytes: 10 };
  const now = score({ tally, profile: profileOf(6), notices: {} });
  const gauge = new Gauge(now);
  gauge.begun(8);
  now.tally.skippedBytes += 2;
  const progress = gauge.progress({ bytes: 5, entries: 1 }, { walkEnded: false, lanes: 1 });
  assert.deepEqual(counts(progress), [
    [55, 60],
    [7, 7],
  ]);
  assert.deepEqual(progress.before, { bytes: 48, files: 6 });
  assert.equal(now.begunBytes, 8);
});

test('Gauge counts the bytes of a file of several names once, when it is known how many such files there are', () => {
  const now = score();
  Object.assign(now.profile, profileOf(12));
  for (let name = 0; name < 10; name++) tallyLinked(now.profile, 10);
  const gauge = new Gauge(now);
  const totalAfter = (bytes: number) => {
    const { totalBytes } = gauge.progress({ bytes, entries: 12 }, { walkEnded: true, lanes: 1 });
    return totalBytes;
  };
  assert.equal(totalAfter(0), 120);
  gauge.linkGroups = 2;
  assert.equal(totalAfter(0), 40);
  assert.equal(totalAfter(60), 60, 'they were not as large as each other');
  now.notices.hardlink = 1;
  assert.equal(totalAfter(0), 120, 'each of them is copied');
});
