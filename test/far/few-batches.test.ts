import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { batchesIn, logged } from '../ssh/logged.ts';
import { differences, far } from './ground.ts';

const slices = 12; // of the source's own directory, to a host that is near

test('new trees go to a host in a batch for each slice of the root, and none is divided before others are known', {
  skip: needs('sshd', 'rsync', 'root'),
}, async () => {
  using mkdir = logged('mkdir');
  await using here = await far({ options: [mkdir.option] });
  for (let at = 0; at < 2 * slices; at++) {
    fs.mkdirSync(join(here.source, `directory ${at}`, 'below'), { recursive: true });
    fs.writeFileSync(join(here.source, `directory ${at}`, 'below', 'file'), `${at}`);
  }
  await here.runTo(0, ['transfer', '--streams', '4', here.source, here.url(here.dest)]);
  assert.equal(batchesIn(mkdir.said()), slices);
  assert.deepEqual(differences(here.source, here.dest), []);
});
