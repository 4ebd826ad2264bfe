import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { assertSame } from '../survive/program.ts';
import { assertQuiet, differences, type Far, far } from './ground.ts';
import { ordinary } from './tree.ts';

// Servers that allow little or say too much: still all arrives, both ways.

const servers: Readonly<Record<string, readonly string[]>> = {
  'that allows one session a connection': ['MaxSessions 1'],
  'that drops connections at random': ['MaxStartups 2:50:10'],
  'that ends with a command of more than 9,000 bytes, as dropbear does': [
    'ForceCommand [ "$(printf %s "$SSH_ORIGINAL_COMMAND" | wc -c)" -le 9000 ] || kill $PPID; exec sh -c "$SSH_ORIGINAL_COMMAND"',
  ],
  'that has SFTP alone': ['ForceCommand internal-sftp', 'Subsystem sftp internal-sftp'],
  'whose SFTP is without extensions': [
    'ForceCommand internal-sftp -P posix-rename,hardlink,fsync,statvfs,lsetstat,limits,expand-path',
  ],
};

for (const [what, options] of Object.entries(servers)) {
  test(`a server ${what}`, { skip: needs('sshd', 'rsync') }, async () => {
    await using here = await far({ options });
    await thereAndBack(here);
  });
}

test('a large file from a host to itself, which allows one session a connection', {
  skip: needs('sshd', 'rsync'),
  timeout: 60_000,
}, async () => {
  await using here = await far({ options: ['MaxSessions 1'] });
  ordinary(here.source, { files: 120, largeMiB: 80 });
  await here.runTo(0, ['transfer', here.url(here.source), here.url(here.dest)]);
  assert.deepEqual(differences(here.source, here.dest), []);
});

for (const shell of ['bash', 'tcsh', 'fish'] as const) {
  test(`a host whose login shell is ${shell} and says something`, {
    skip: needs('sshd', 'rsync', shell),
  }, async () => {
    // as sshd runs commands and subsystems by the login shell
    const force = `ForceCommand case "$SSH_ORIGINAL_COMMAND" in */sftp-server) exec ${shell} -c "$SSH_ORIGINAL_COMMAND";; *) echo "welcome 'to all"; exec ${shell} -c "$SSH_ORIGINAL_COMMAND";; esac`;
    await using here = await far({ options: [force] });
    await thereAndBack(here);
  });
}

test('a login file that talks into SFTP is quoted, with what to do', { skip: needs('sshd') }, async () => {
  await using here = await far({
    options: ['ForceCommand echo Good morning; exec /bin/sh -c "$SSH_ORIGINAL_COMMAND"'],
  });
  const { status, stderr } = await here.run(['transfer', here.source, here.url(here.dest)]);
  assert.equal(status, 2);
  assert.match(
    stderr,
    /^difpipe: .* does not begin with SFTP: it says 'Good morning.*'; if that is from \.bashrc/,
  );
});

test('a server without SFTP says so', { skip: needs('sshd') }, async () => {
  await using here = await far({ options: ['# no Subsystem sftp'] });
  const { status, stderr } = await here.run(['transfer', here.source, here.url(here.dest)]);
  assert.equal(status, 2);
  assert.match(stderr, /^difpipe: .* has no SFTP server; see Subsystem/);
});

async function thereAndBack(here: Far): Promise<void> {
  ordinary(here.source, { files: 120, largeMiB: 6 });
  const back = join(here.path, 'back');
  await here.runTo(0, ['transfer', here.source, here.url(here.dest)]);
  assertSame(here.source, here.dest);
  await here.runTo(0, ['transfer', here.url(here.dest), back]);
  assertSame(here.source, back);
  fs.appendFileSync(join(here.source, 'd1/f1'), 'more');
  await here.runTo(0, ['transfer', here.source, here.url(here.dest)]);
  assertSame(here.source, here.dest);
  await assertQuiet(here);
}
