import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { far } from './ground.ts';

const asNobody = ['setpriv', '--reuid=65534', '--regid=65534', '--clear-groups'];

test('what an ordinary user fetches of others into a new place is counted once each', {
  skip: needs('sshd', 'root', 'setpriv'),
}, async () => {
  await using here = await far();
  const tree = `for dir in d/e x x/y/z; do mkdir -p $dir; for i in 1 2 3; do echo $i >$dir/$i; done; done
    echo 1 >1; ln -s 1 d/link; truncate -s 2M x/large`;
  await shell(here.source, tree);
  const entries = execFileSync('find', [here.source], { encoding: 'utf8' }).trimEnd().split('\n').length;
  for (const path of [here.dest, here.state]) fs.mkdirSync(path);
  execFileSync('chown', ['-R', '65534:65534', here.dest, here.state, here.server.home]);
  fs.chmodSync(here.path, 0o755);
  const how = { under: asNobody, env: { NODE_COMPILE_CACHE: undefined } };
  for (const _ of ['first', 'second']) {
    const ended = await here.runTo(0, ['transfer', here.url(here.source), join(here.dest, 'new')], how);
    assert.equal(ended.summary!.notices.owner, entries);
  }
});
