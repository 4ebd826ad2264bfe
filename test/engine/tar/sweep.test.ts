import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { sweep } from '../../../src/engine/tar/host/sweep.ts';
import { needs } from '../../peer.ts';
import { shell, workspace } from '../run.ts';

const skip = needs('root', 'setpriv');
const ids = ['--reuid=65534', '--regid=65534', '--clear-groups'];

test('sweep() takes away what a user who is not root left of directories that may not be written to', {
  skip,
}, async () => {
  const here = join(workspace(), 'root');
  fs.mkdirSync(here);
  await shell(
    here,
    `mkdir -p own .difpipe-a-1-stage/n0/ro/closed .difpipe-a-2-stage .difpipe-b-1-stage
     echo 1 >.difpipe-a-1-stage/n0/ro/1; echo 1 >.difpipe-a-1-stage/n0/ro/closed/1; echo 1 >own/1
     ln -s ../../../own .difpipe-a-1-stage/n0/ro/link; ln -s own .difpipe-a-3-stage
     chmod 0 .difpipe-a-1-stage/n0/ro/closed; chmod 555 .difpipe-a-1-stage/n0/ro own; chown -hR 65534:65534 .`,
  );
  const { script, args } = sweep(Buffer.from(here), '.difpipe-a-', '.difpipe-a-2');
  const words = [...ids, 'sh', '-c', script, 'sh', ...args.map((arg) => Buffer.from(arg).toString())];
  const { status, stderr } = spawnSync('setpriv', words, { encoding: 'utf8' });
  assert.deepEqual([status, stderr], [0, '']);
  const left = ['.difpipe-a-2-stage', '.difpipe-a-3-stage', '.difpipe-b-1-stage', 'own'];
  assert.deepEqual(fs.readdirSync(here).sort(), left);
  assert.equal(fs.statSync(join(here, 'own')).mode & 0o777, 0o555);
});
