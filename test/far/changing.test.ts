import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { assertStatus } from '../survive/program.ts';
import { differences, far } from './ground.ts';
import { mark, ordinary } from './tree.ts';

const MiB = 2 ** 20;

for (const isRelay of [false, true]) {
  const way = isRelay ? 'from host to host' : 'from a host';
  test(`a large file that changes while it is read ${way} is read again`, {
    skip: needs('sshd', 'rsync'),
  }, async () => {
    await using here = await far();
    ordinary(here.source, { files: 50, largeMiB: 12 });
    fs.utimesSync(join(here.source, 'large'), 1e9, 1e9); // SFTP tells a change by the second
    const dest = isRelay ? here.url(here.dest) : here.dest;
    const running = here.start(['transfer', '--bwlimit', '3M', here.url(here.source), dest]);
    await running.next('progress', ({ bytes }) => Number(bytes) > MiB);
    assert.ok(running.child.exitCode === null);
    for (const at of [0, 6, 11]) mark(join(here.source, 'large'), at * MiB + 7, 'it changed');
    assertStatus(0, await running.ended);
    assert.deepEqual(differences(here.source, here.dest), []);
  });
}
