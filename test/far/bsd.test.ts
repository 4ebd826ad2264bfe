import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { shell, workspace } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { differences, type Far, far } from './ground.ts';
import { ordinary } from './tree.ts';

const skip = needs('sshd', 'rsync', 'root', 'bsdtar');

/** A host whose tar is libarchive's. */
async function farBsd(): Promise<Far> {
  const bin = workspace();
  await shell(bin, 'ln -s "$(command -v bsdtar)" tar');
  return far({ options: [`ForceCommand PATH=${bin}:$PATH exec sh -c "$SSH_ORIGINAL_COMMAND"`] });
}

const makeDeep = `i=0; while [ $i -lt 20 ]; do mkdir level; echo $i >file; cd level; i=$((i+1)); done`;
const age = (dir: string) => `find ${dir} -depth -type d -exec touch -d @1234567890.123456789 {} +`;

for (const isThere of [false, true])
  test(`deep directories have their times on a host with the tar of BSD, in a place that is ${isThere ? '' : 'not '}there`, {
    skip,
  }, async () => {
    await using here = await farBsd();
    ordinary(here.source, { files: 100 });
    const words = ['transfer', here.source, here.url(here.dest)];
    if (isThere) await here.runTo(0, words);
    await shell(join(here.source, 'd3'), makeDeep);
    fs.chmodSync(join(here.source, `d3${'/level'.repeat(15)}`), 0o555);
    await shell(here.source, age('d3'));
    await here.runTo(0, words);
    assert.deepEqual(differences(here.source, here.dest), []);
  });
