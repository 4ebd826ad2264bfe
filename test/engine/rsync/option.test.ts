import assert from 'node:assert/strict';
import { test } from 'node:test';
import { checkOption } from '../../../src/engine/rsync/option.ts';
import { sendsChanges } from '../../../src/engine/rsync/setup.ts';
import type { Shell } from '../../../src/store/shell.ts';

test('checkOption() takes what changes nothing that is promised', () => {
  for (const option of [
    '--compress',
    '--compress-choice=zstd',
    '--whole-file',
    '--no-whole-file',
    '--chmod=D755',
    '--fuzzy',
  ])
    assert.equal(checkOption(option), option);
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
};
for (const [option, message] of Object.entries(refused))
  test(`checkOption() refuses ${option}`, () => {
    assert.throws(() => checkOption(option), { kind: 'refused', message });
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
