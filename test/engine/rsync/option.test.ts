import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkOption } from '../../../src/engine/rsync/program/option.ts';
import { sendsChanges } from '../../../src/engine/rsync/setup.ts';
import type { Shell } from '../../../src/store/shell.ts';

test('checkOption() takes what changes nothing that is promised', () => {
  for (const option of [
    '--compress',
    '--compress-choice=zstd',
    '--whole-file',
    '--no-whole-file',
    '--chmod=D755,F644',
    '--chown=:staff',
    '--fuzzy',
    '--checksum-choice=xxh3',
    '--skip-compress=',
  ])
    assert.equal(checkOption(option), option);
});

test('checkOption() gives the short names of rsync their long ones', () => {
  const short = ['--zc=lz4', '--zl=3', '--cc=md5', '--no-W', '--no-z', '--no-y'].map(checkOption);
  const long = ['--compress-choice=lz4', '--compress-level=3', '--checksum-choice=md5'];
  assert.deepEqual(short, [...long, '--no-whole-file', '--no-compress', '--no-fuzzy']);
});

const refused = {
  '--remove-source-files': /removes what is at the source/,
  '--delete': /nothing is deleted/,
  '--delete-after': /nothing is deleted/,
  '--inplace': /neither the old nor the new/,
  '--append-verify': /neither the old nor the new/,
  '--rsh=sh -c true': /^--rsync-option cannot be --rsh: difpipe makes the connection/,
  '--rsync-path=sudo rsync': /looks at the host/,
  '--files-from=/etc/passwd': /which names go/,
  '--no-relative': /which names go/,
  '--log-file=/etc/motd': /reads what rsync says/,
  '--daemon': /something else/,
  '--no-secluded-args': /makes the connection/,
  '--temp-dir=/': /unfinished files/,
  '--no-l': /^--rsync-option cannot be --no-l: see --no-preserve$/,
  '--no-D': /see --no-preserve/,
  '--no-c': /see --checksum/,
  '--no-i-d': /which names go/,
  '--no-s': /makes the connection/,
  '--safe-links': /something else than what is at the source/,
  '--fake-super': /something else than what is at the source/,
  '--no-super': /rights/,
  '--verbose': /reads what rsync says/,
  '--cc=none': /bytes that change on the way/,
  '--lin': /^--rsync-option cannot be --lin$/, // rsync may know it some day
  '--no-chmod': /^--rsync-option cannot be --no-chmod$/,
  '--constructor': /cannot be --constructor$/,
};
for (const [option, message] of Object.entries(refused))
  test(`checkOption() refuses ${option}`, () => {
    assert.throws(() => checkOption(option), { kind: 'refused', message });
  });

test('checkOption() names what can be given in place of what nobody looked at', () => {
  assert.throws(() => checkOption('--qsort'), { hint: /^it can be one of atimes, .*, whole-file$/ });
});

for (const option of ['--timeout', '--skip-compress', '--chmod', '--compress=5', '--no-fuzzy=1'])
  test(`checkOption() lets ${option} take no other word, and no value it has not`, () => {
    assert.throws(() => checkOption(option), { kind: 'usage', message: / takes (a|no) value$/ });
  });

for (const option of ['-e', '-z', '--', '', 'far:/x', '--e vil', '-avz', '--x\0y'])
  test(`checkOption() takes no ${JSON.stringify(option)} for an option`, () => {
    assert.throws(() => checkOption(option), { kind: 'usage' });
  });

test('sendsChanges() heeds what is asked for of whole files, the last of it', () => {
  const far = {
    from: { kind: 'here', dir: Buffer.from('/a') },
    to: { kind: 'far', shell: {} as Shell },
  } as const;
  const asked = (...options: string[]) => sendsChanges({ ...far, options });
  assert.deepEqual(
    [asked(), asked('--whole-file'), asked('--whole-file', '--no-whole-file')],
    [true, false, true],
  );
  assert.equal(sendsChanges({ from: far.from, to: far.from, options: [] }), false);
});
