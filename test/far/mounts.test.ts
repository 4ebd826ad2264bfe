import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { Disk } from '../survive/disk.ts';
import { MiB, solid } from '../trees.ts';
import { differences, far } from './ground.ts';

// What is mounted below the place on a host: the power fails right after the run has ended.

test('what is on another disk below the place is there after a power cut, too', {
  skip: needs('sshd', 'rsync', 'root', 'loop', 'mkfs.ext4'),
}, async () => {
  await using here = await far();
  fs.mkdirSync(join(here.dest, 'a b\\c'), { recursive: true });
  using disk = new Disk(join(here.dest, 'a b\\c', 'disk'), 'ext4', { bytes: 100 * MiB });
  const below = join('a b\\c', 'disk', 'sub');
  fs.mkdirSync(join(here.source, below), { recursive: true });
  for (const name of ['one', 'two', 'three'])
    fs.writeFileSync(join(here.source, below, name), name.repeat(999));
  solid(join(here.source, below, 'large'), 20 * MiB);
  solid(join(here.source, 'large'), MiB);
  await here.runTo(0, ['transfer', here.source, here.url(here.dest)]);
  await disk.cut();
  disk.restart();
  assert.deepEqual(differences(join(here.source, below), join(here.dest, below)), []);
});
