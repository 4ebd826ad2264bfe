// A host whose SFTP server changes nothing without following symlinks, as those before OpenSSH 8.0.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs, sftpServer } from '../peer.ts';
import { differences, far } from './ground.ts';

const make = `
  mkdir -p a/c a/d b e; echo 1 >a/f; echo 2 >b/g; chown 12:34 b a/d a/f
  chmod 2770 a a/c; chmod 1777 b a/d; chmod 600 a/f; touch -d @1000 * */* .`;

test('what a host without lsetstat keeps is kept, and not said to be lost', {
  skip: needs('sshd', 'root', 'rsync'),
}, async () => {
  await using here = await far({ options: [`ForceCommand ${sftpServer} -P lsetstat`] });
  await shell(here.source, make);
  const words = ['transfer', here.source, here.url(here.dest)];
  const first = await here.runTo(0, words);
  assert.deepEqual(differences(here.source, here.dest), []);
  assert.deepEqual(first.summary!.notices, {});
  const { notices, tally } = (await here.runTo(0, words)).summary!;
  assert.deepEqual([notices, tally.repaired], [{}, 0]);
});
