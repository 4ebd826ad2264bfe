// The kernel takes capabilities from a file that is given to another user; who puts the owner right gives them back.
import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { differences, far, ways } from './ground.ts';

const tree = `mkdir d; echo small >small; head -c 1100000 /dev/urandom >d/large; ln small d/again; echo plain >plain
  chown 1234:5 small d/large; chmod 4755 plain
  for file in small d/large; do
    setfattr -n security.capability -v 0x0100000200040000000000000000000000000000 $file; done`;

const all = { ...ways, 'on this machine': ({ source, dest }) => [source, dest] } satisfies typeof ways;

describe('a file whose owner is put right has its capabilities', {
  skip: needs('sshd', 'rsync', 'root', 'setfattr'),
  concurrency: 2,
}, () => {
  for (const [way, ends] of Object.entries(all)) {
    test(`${way}, when it was given away at the destination`, async () => {
      await using here = await far();
      await shell(here.source, tree);
      const words = ['transfer', ...ends(here)];
      await here.runTo(0, words);
      await shell(here.dest, 'chown 7:7 small d/large plain');
      await here.runTo(0, words);
      assert.deepEqual(differences(here.source, here.dest), []);
    });

    test(`${way}, when owners were left out before`, async () => {
      await using here = await far();
      await shell(here.source, tree);
      const words = ['transfer', ...ends(here)];
      await here.runTo(0, [...words, '--no-preserve', 'owner']);
      await here.runTo(0, words);
      assert.deepEqual(differences(here.source, here.dest), []);
    });
  }
});
