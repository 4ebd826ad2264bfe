import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Gauge } from '../../src/conduct/gauge.ts';
import { score } from '../../src/conduct/score.ts';
import { emptyProfile, tallyFile } from '../../src/profile/profile.ts';
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
