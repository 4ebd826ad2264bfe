import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { MiB, solid } from '../trees.ts';
import { bucket, s3Ground } from './ground.ts';
import { startRcloneS3 } from './server.ts';

// A service of another make: no conditions, no directories of their own, parts of objects with 200.

const tree = `s3://${bucket}/tree`;

test('rclone as the server: a tree goes there, across and back, less what it cannot keep', {
  skip: needs('current-rclone', 'rsync'),
}, async () => {
  await using here = await s3Ground({}, startRcloneS3);
  await shell(
    here.source,
    'mkdir -p a/b empty; ln -s a link; chmod 600 a; for i in $(seq 40); do echo $i >a/b/$i; done',
  );
  solid(join(here.source, 'large'), 20 * MiB);
  const first = await here.runTo(0, ['transfer', here.source, tree]);
  assert.deepEqual(Object.keys(first.summary!.notices).sort(), ['mode', 'owner', 'times']);
  const again = await here.runTo(0, ['transfer', here.source, tree]);
  assert.deepEqual([again.summary!.tally.copied, again.summary!.tally.failed], [0, 0]);
  fs.appendFileSync(join(here.source, 'a/b/7'), 'more');
  const changed = await here.runTo(0, ['transfer', here.source, tree]);
  assert.equal(changed.summary!.tally.copied, 1);
  await here.runTo(0, ['transfer', tree, `${tree} 2`]);
  await here.runTo(0, ['verify', '--checksum', '--no-preserve', 'mode,owner,times', tree, `${tree} 2`]);
  const back = join(here.path, 'back');
  await here.runTo(0, ['transfer', `${tree} 2`, back]);
  fs.rmdirSync(join(here.source, 'empty'));
  const words = [
    '-nai',
    '--checksum',
    '--delete',
    '--omit-dir-times',
    '--no-p',
    `${here.source}/`,
    `${back}/`,
  ];
  assert.equal(execFileSync('rsync', words, { encoding: 'utf8' }), '');
});
