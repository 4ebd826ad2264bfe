import { emptyProfile } from '../../src/profile/profile.ts';
import { type Event, emptyTally, type Progress, type Summary } from '../../src/report/events.ts';

export const progress: Progress = {
  bytes: 1200,
  files: 3,
  totalBytes: 5600,
  totalFiles: 9,
  walkEnded: false,
  lanes: 2,
  elapsedMs: 1003,
};

export const summary: Summary = {
  run: '20261120-1412-7f3a9c',
  outcome: 'partial',
  exitCode: 3,
  dryRun: false,
  tally: {
    ...emptyTally(),
    copied: 1234,
    copiedBytes: 5_600_000,
    skipped: 2,
    skippedBytes: 17,
    made: 1,
    failed: 3,
  },
  keptTally: undefined,
  begun: undefined,
  movedBytes: 5_600_000,
  verified: { compared: 12_301, bytes: 5_617_000, differences: 0, failed: 0 },
  notices: { owner: 3, excluded: 12 },
  profile: emptyProfile(),
  compression: [
    {
      end: 'dest',
      program: 'zstd',
      reason: 'the line is slow: a round trip takes 20 ms',
      bytes: 80_100_000,
      sentBytes: 20_200_000,
    },
  ],
  direct: { bytes: 80_100_000, reason: 'one range went straight' },
  elapsedMs: 2000,
  predictedMs: 3000,
  whyOff: 'moving the bytes took 1.5 times as long as expected',
  expected: { ms: 2500, entries: 1000, bytes: 5_000_000 },
  journalMs: 3,
  resumeWith: undefined,
  retryWith: 'difpipe runs retry 20261120-1412-7f3a9c',
  showWith: 'difpipe runs show 20261120-1412-7f3a9c',
};

/** One event of every type; the compiler says when one is missing. */
export const samples: { readonly [T in Event['type']]: Extract<Event, { type: T }> } = {
  started: { type: 'started', run: summary.run, source: '/a', dest: '/b', dryRun: false, resumed: false },
  planned: {
    type: 'planned',
    plan: {
      legs: [
        {
          engine: 'parallel',
          entries: 'all',
          files: undefined,
          bytes: undefined,
          lanes: 'auto',
          predictedMs: 100,
          likely: { leastMs: 7, mostMs: 1460 },
          basis: 'default',
          reason: 'both ends are on this machine',
        },
      ],
      predictedMs: 100,
      likely: { leastMs: 7, mostMs: 1460 },
      assumes: 'if as much changed as last time',
    },
  },
  progress: { type: 'progress', progress },
  status: { type: 'status', progress },
  entry: { type: 'entry', action: 'copy', path: Buffer.from('caf\xe9', 'latin1'), bytes: 17 },
  failed: {
    type: 'failed',
    failure: {
      path: Buffer.from('a\nb'),
      kind: 'denied',
      message: 'cannot read it: permission denied',
      hint: undefined,
    },
  },
  difference: { type: 'difference', difference: { path: Buffer.from('a/b'), what: ['size', 'time'] } },
  verified: { type: 'verified', compared: 3, bytes: 5617, differences: 1, failed: 0, elapsedMs: 12 },
  warning: { type: 'warning', message: 'something is odd', hint: 'look at it' },
  stopping: { type: 'stopping', signal: 'SIGINT' },
  finished: { type: 'finished', summary },
};
