import assert from 'node:assert/strict';
import { execFileSync, spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { differences, far } from './ground.ts';

// Nothing of a directory goes in a batch where all that is in it is large; what only batches carry has to go all the same.

test('directories of large files alone have their attributes', {
  skip: needs('sshd', 'rsync', 'setfattr'),
}, async () => {
  await using here = await far();
  const below = join(here.source, 'below');
  fs.mkdirSync(below);
  for (const dir of [here.source, below]) {
    fs.writeFileSync(join(dir, 'large'), Buffer.alloc(3 * 2 ** 20, 'x'));
    execFileSync('setfattr', ['-n', 'user.colour', '-v', 'blue', dir]);
    fs.utimesSync(dir, 1e9, 1e9);
  }
  const { summary } = await here.runTo(0, ['transfer', here.source, here.url(here.dest)]);
  assert.equal(summary!.tally.copied, 2);
  assert.deepEqual(differences(here.source, here.dest), []);
  for (const dir of [here.dest, join(here.dest, 'below')])
    assert.match(spawnSync('getfattr', ['-d', dir], { encoding: 'utf8' }).stdout, /user.colour="blue"/);
});
