import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { differences, type Far, far } from './ground.ts';

// Names of one file that became two files at the host: SFTP does not tell that, and both look as they should.

const servers: Readonly<Record<string, readonly string[]>> = {
  'that has a shell': [],
  'that has SFTP alone': ['ForceCommand internal-sftp', 'Subsystem sftp internal-sftp'],
};

/** Three names of a file have arrived; one of them has other bytes since. */
async function parted(here: Far): Promise<void> {
  fs.writeFileSync(join(here.source, 'a'), 'what was sent');
  for (const name of ['b', 'c']) fs.linkSync(join(here.source, 'a'), join(here.source, name));
  await here.runTo(0, ['transfer', here.source, here.url(here.dest)]);
  const { atime, mtime } = fs.statSync(join(here.dest, 'b'));
  fs.rmSync(join(here.dest, 'b'));
  fs.writeFileSync(join(here.dest, 'b'), 'what was SENT');
  fs.utimesSync(join(here.dest, 'b'), atime, mtime);
}

describe('names of one file, one of which became another file at a host', {
  skip: needs('sshd', 'rsync'),
  concurrency: 2,
}, () => {
  for (const [what, options] of Object.entries(servers))
    test(`are of one file again where contents are compared, with a server ${what}`, async () => {
      await using here = await far({ options });
      await parted(here);
      const words = ['transfer', '--checksum', here.source, here.url(here.dest)];
      assert.equal((await here.runTo(0, words)).summary!.tally.linked, 1);
      assert.deepEqual(differences(here.source, here.dest), []);
      assert.equal((await here.runTo(0, words)).summary!.tally.linked, 0);
    });

  test('are of one file again where programs there tell', async () => {
    await using here = await far();
    await parted(here);
    const words = ['transfer', here.source, here.url(here.dest)];
    assert.equal((await here.runTo(0, words)).summary!.tally.linked, 1);
    assert.deepEqual(differences(here.source, here.dest), []);
    assert.equal((await here.runTo(0, words)).summary!.tally.linked, 0);
  });
});
