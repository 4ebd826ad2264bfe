import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { differences, far } from './ground.ts';

const slices = 12; // of the source's own directory, to a host that is near

test('new trees go to a host in a batch for each slice of the root, and none is divided before others are known', {
  skip: needs('sshd', 'rsync', 'root'),
}, async (t) => {
  const bin = fs.mkdtempSync(join(tmpdir(), 'programs-'));
  t.after(() => fs.rmSync(bin, { recursive: true }));
  const log = join(bin, 'log');
  const mkdir = `#!/bin/sh\necho "$*" >>${log}\nexec /bin/mkdir "$@"\n`;
  fs.writeFileSync(join(bin, 'mkdir'), mkdir, { mode: 0o755 });
  await using here = await far({ options: [`SetEnv PATH=${bin}:/usr/bin:/bin`] });
  for (let at = 0; at < 2 * slices; at++) {
    fs.mkdirSync(join(here.source, `directory ${at}`, 'below'), { recursive: true });
    fs.writeFileSync(join(here.source, `directory ${at}`, 'below', 'file'), `${at}`);
  }
  await here.runTo(0, ['transfer', '--streams', '4', here.source, here.url(here.dest)]);
  const made = fs.readFileSync(log, 'utf8').split('\n');
  assert.equal(made.filter((words) => /^\.\/\.difpipe-[^/]*$/.test(words)).length, slices);
  assert.deepEqual(differences(here.source, here.dest), []);
});
