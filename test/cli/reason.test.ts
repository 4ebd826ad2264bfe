import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { test } from 'node:test';
import { readSettings } from '../../src/cli/transfer/settings.ts';
import { explain, sayExplained } from '../../src/cli/voice/reason.ts';
import { TransferError } from '../../src/errors.ts';
import { keepAll } from '../../src/request.ts';

function said(error: unknown): { lines: string[]; exitCode: number } {
  const lines: string[] = [];
  const explained = explain(error);
  sayExplained(explained, error, (line) => void lines.push(line));
  return { lines, exitCode: explained.exitCode };
}

test('explain() keeps what a TransferError says, and its exit code', () => {
  const error = new TransferError('locked', 'another run holds it', { hint: 'wait' });
  assert.deepEqual(said(error), { lines: ['difpipe: another run holds it; wait'], exitCode: 6 });
});

test('explain() calls an unexpected error a bug, in one line without a stack', () => {
  const { lines, exitCode } = said(new TypeError('x is not a function'));
  assert.equal(exitCode, 1);
  assert.match(
    lines.join('\n'),
    /^difpipe: x is not a function; this is a bug: DIFPIPE_DEBUG=1 shows where.*$/,
  );
});

test('explain() says why the system said no', () => {
  try {
    fs.readdirSync('/nowhere');
    assert.fail();
  } catch (error) {
    assert.deepEqual(said(error), {
      lines: ['difpipe: cannot scandir /nowhere: no such file or directory'],
      exitCode: 1,
    });
  }
});

const settings = {
  rules: [{ action: 'exclude', pattern: '*.tmp' }],
  filesFrom: { kind: 'file', path: '/caf\xe9', separator: 'nul' },
  oneFileSystem: false,
  strategy: 'auto',
  streams: 4,
  dryRun: false,
  verify: true,
  checksum: false,
  preserve: { ...keepAll, specials: false },
  numericIds: false,
  durability: 'part',
  retries: 3,
  compress: 'auto',
  direct: true,
  rsyncOptions: ['--fuzzy'],
  s3: { sse: 'aws:kms', sseKmsKeyId: 'k', tags: 'a=b', requesterPays: true },
  maxErrors: 0,
  bytesPerSecond: 1000,
  s3KeyPrint: 'salt:hash',
  trustJournal: false,
  verbose: false,
};

test('readSettings() gives back what was kept', () => {
  assert.deepEqual(readSettings('r', JSON.stringify(settings)), settings);
  const {
    filesFrom: _,
    bytesPerSecond: __,
    rsyncOptions: ___,
    direct: ____,
    s3KeyPrint: _____,
    ...fewer
  } = settings;
  assert.deepEqual(readSettings('r', JSON.stringify(fewer)), {
    ...fewer,
    filesFrom: undefined,
    bytesPerSecond: undefined,
    compress: 'auto',
    direct: false,
    rsyncOptions: [],
    s3KeyPrint: undefined,
  });
});

for (const [name, change] of [
  ['streams', { streams: -1 }],
  ['strategy', { strategy: 'teleport' }],
  ['preserve.mode', { preserve: { ...settings.preserve, mode: 1 } }],
  ['filesFrom', { filesFrom: { kind: 'url' } }],
  ['retries', { retries: '3' }],
] as const) {
  test(`readSettings() names ${name} where it is not as expected`, () => {
    assert.throws(
      () => readSettings('r1', JSON.stringify({ ...settings, ...change })),
      (error) => {
        assert.ok(error instanceof TransferError);
        assert.equal(error.kind, 'corrupt');
        assert.ok(error.message.includes(`run r1: ${name}`), error.message);
        return true;
      },
    );
  });
}

test('readSettings() refuses what is not JSON', () => {
  assert.throws(() => readSettings('r1', '{'), /settings of run r1/);
});
