import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Event } from '../../src/report/events.ts';
import { humanReporter } from '../../src/report/human.ts';
import { lineReporter } from '../../src/report/lines.ts';
import { printed } from './printed.ts';
import { progress, samples, summary } from './samples.ts';

const plain = { quiet: false, verbose: false };

function said(events: readonly Event[], manner = plain): string[] {
  const { printer, lines } = printed();
  const report = humanReporter(printer, manner);
  for (const event of events) report(event);
  return lines;
}

function failures(count: number): Event[] {
  return Array.from({ length: count }, (_, i) => {
    const failure = {
      path: Buffer.from(`f${i}`),
      kind: 'denied',
      message: 'cannot read it',
      hint: undefined,
    } as const;
    return { type: 'failed', failure };
  });
}

test('humanReporter() writes entries and differences as results, one line each', () => {
  assert.deepEqual(said([samples.entry, samples.difference]), ["copy    $'caf\\351'", 'size,time  a/b']);
});

test('humanReporter() names path, reason and hint of a failure', () => {
  const hinted: Event = {
    type: 'failed',
    failure: { ...samples.failed.failure, hint: 'check who owns it' },
  };
  assert.deepEqual(said([hinted]), [
    "! difpipe: $'a\\nb': cannot read it: permission denied; check who owns it",
  ]);
});

test('humanReporter() names 50 failures, counts the rest and says where they are', () => {
  const lines = said([samples.started, ...failures(1284), samples.finished]);
  assert.equal(lines.filter((line) => line.includes('cannot read it')).length, 50);
  assert.ok(lines.includes(`! and 1,234 more: difpipe runs show ${summary.run}`));
});

test('humanReporter() names every failure with -v', () => {
  const lines = said([samples.started, ...failures(200), samples.finished], { quiet: false, verbose: true });
  assert.equal(lines.filter((line) => line.includes('cannot read it')).length, 200);
  assert.ok(!lines.some((line) => line.includes('more:')));
});

test('humanReporter() says a warning once, and at the end how often it came', () => {
  const lines = said([samples.warning, samples.warning, samples.warning, samples.finished]);
  assert.deepEqual(
    lines.filter((line) => line.includes('something is odd')),
    ['! difpipe: something is odd; look at it', '! 3 times in all: something is odd'],
  );
});

test('humanReporter() ends with what was moved, skipped, repaired, linked, failed and refused, time, rate and prediction', () => {
  assert.deepEqual(said([samples.finished]), [
    '! 12 entries: excluded by the filter rules',
    '! 3 entries: owner not kept, nor a setuid that goes with it: giving files away needs root, and not every place has owners',
    '! partial: moved 1,234 files (5.60 MB), skipped 2 (17 B), repaired 0, linked 0, made 1, failed 3, refused 0',
    '! took 2.00 s, 2.80 MB/s; predicted 3.00 s, 50 % more than it took',
    '! compared 12,301 entries (5.62 MB): no difference',
    '! compressed with zstd: 80.1 MB went to the destination as 20.2 MB (the line is slow: a round trip takes 20 ms)',
    '! straight from host to host: 80.1 MB (one range went straight)',
    `! try what failed again with: difpipe runs retry ${summary.run}`,
  ]);
});

test('humanReporter() says of a run that went on how much it moved itself, and how fast', () => {
  const lines = said([{ type: 'finished', summary: { ...summary, movedBytes: 1_000_000 } }]);
  assert.match(
    lines.find((line) => line.includes('took'))!,
    /took 2\.00 s for the last 1\.00 MB, 500 KB\/s; /,
  );
});

test('humanReporter() says of a stopped run what of it is known for certain, where that is not all', () => {
  const lines = (kept: number) => {
    const keptTally = { ...summary.tally, copied: kept, copiedBytes: 4_000_000 };
    return said([{ type: 'finished', summary: { ...summary, outcome: 'stopped', keptTally } }]);
  };
  assert.ok(
    lines(1000).includes(
      '! known for certain of it: 1,000 files (4.00 MB); what else arrived is looked at again',
    ),
  );
  assert.ok(!lines(1234).some((line) => line.includes('known for certain')));
});

test('humanReporter() says of a stopped run how much of large files is there', () => {
  const begun = { files: 1, bytes: 235_000_000, ofBytes: 600_000_000 };
  const lines = said([{ type: 'finished', summary: { ...summary, outcome: 'stopped', begun } }]);
  assert.ok(
    lines.includes('! of 1 large file, not counted yet, 235 MB of 600 MB are there'),
    lines.join('\n'),
  );
});

test('humanReporter() says how to continue a stopped run', () => {
  const stopped = {
    ...summary,
    outcome: 'stopped',
    resumeWith: 'difpipe runs resume x',
    retryWith: undefined,
  } as const;
  const lines = said([samples.stopping, { type: 'finished', summary: stopped }]);
  assert.match(lines[0]!, /stopping on SIGINT: .*once more stops at once/);
  assert.equal(lines.at(-1), '! continue with: difpipe runs resume x');
});

test('humanReporter() says that a dry run changed nothing', () => {
  const lines = said([{ type: 'finished', summary: { ...summary, dryRun: true } }]);
  assert.ok(lines.some((line) => /dry run: nothing was changed\): would move 1,234 files/.test(line)));
  assert.ok(lines.includes('! took 2.00 s; the run itself would take about 3.00 s'), lines.join('\n'));
});

test('humanReporter() is silent when quiet, but for failures and a status that was asked for', () => {
  const quiet = { quiet: true, verbose: false };
  const { failed: _, status: __, ...others } = samples;
  assert.deepEqual(said(Object.values(others), quiet), []);
  assert.equal(said([samples.failed], quiet).length, 1);
  assert.match(
    said([samples.status], quiet)[0]!,
    /^! scanning, 1.20 KB of 5.60 KB\+, .*3 of 9\+ entries, 2 lanes$/,
  );
});

test('lineReporter() takes a walk to meet as many entries as the last one, until it has ended', () => {
  const { printer, lines } = printed();
  const report = lineReporter(printer);
  for (const [elapsedMs, more] of [
    [0, { files: 0, expectedFiles: 1000 }],
    [10_000, { files: 250, expectedFiles: 1000 }],
    [20_000, { files: 1100, expectedFiles: 1000 }],
    [30_000, { files: 1200, expectedFiles: 1000, bytes: 2800, walkEnded: true }],
  ] as const)
    report({ type: 'progress', progress: { ...progress, elapsedMs, ...more } });
  const etas = lines.map((line) => line.match(/ETA [^,]*/)![0]);
  assert.deepEqual(etas, ['ETA about 30.0 s', 'ETA unknown', 'ETA 17.5 s']);
});

test('lineReporter() says no whole while no more was found than what is done, and no speed of what was there before', () => {
  const { printer, lines } = printed();
  const at = { bytes: 5600, files: 9, elapsedMs: 10_000, before: { bytes: 4600, files: 8 } };
  lineReporter(printer)({ type: 'progress', progress: { ...progress, ...at } });
  assert.deepEqual(lines, ['! scanning, 5.60 KB, 100 B/s, ETA unknown, 9 entries, 2 lanes']);
  const [asked] = said([{ type: 'status', progress: { ...progress, ...at } }]);
  assert.match(asked!, / 100 B\/s, /);
});

test('lineReporter() says every ten seconds of the run how far it is', () => {
  const { printer, lines } = printed();
  const report = lineReporter(printer);
  for (let elapsedMs = 0; elapsedMs <= 25_000; elapsedMs += 250) {
    const done = elapsedMs / 50_000;
    const files = Math.floor(done * 1000);
    report({
      type: 'progress',
      progress: {
        ...progress,
        files,
        totalFiles: 1000,
        bytes: done * 1e9,
        totalBytes: 1e9,
        walkEnded: true,
        elapsedMs,
      },
    });
  }
  assert.deepEqual(lines, [
    '! 20 %, 200 MB of 1.00 GB, 20.0 MB/s, ETA 40.0 s, 200 of 1,000 entries, 2 lanes',
    '! 40 %, 400 MB of 1.00 GB, 20.0 MB/s, ETA 30.0 s, 400 of 1,000 entries, 2 lanes',
  ]);
});
