import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { needs } from '../peer.ts';
import { differences, type Far, far } from './ground.ts';

const skip = needs('sshd', 'rsync');
/** SFTP has 32 bits for a time, as if none were before 1970 or after 2106. */
const beyond = [-1, -3600, 5_000_000_000];

function plant({ source }: Far): void {
  fs.writeFileSync(join(source, 'large'), Buffer.alloc(2 * 1024 * 1024, 'large'));
  fs.truncateSync(join(source, 'large'), 9 * 1024 * 1024);
  for (const seconds of beyond) {
    const dir = join(source, `${seconds}`);
    fs.mkdirSync(dir);
    fs.writeFileSync(join(dir, 'small'), 'small');
    fs.symlinkSync('nowhere', join(dir, 'link'));
    fs.copyFileSync(join(source, 'large'), join(dir, 'large'));
    for (const path of ['small', 'link', 'large', '.'])
      execFileSync('touch', ['-hd', `@${seconds}`, join(dir, path)]);
  }
}

for (const strategy of ['auto', 'parallel'])
  test(`times that SFTP has no room for come from a host that has find, by ${strategy}`, {
    skip,
  }, async () => {
    await using here = await far();
    plant(here);
    const words = ['transfer', '--strategy', strategy, here.url(here.source), here.dest];
    await here.runTo(0, words);
    const isOurs = (line: string) => !line.startsWith('.d..t...... ./'); // of the place itself fractions are lost
    assert.deepEqual(differences(here.source, here.dest).filter(isOurs), []);
    const { summary } = await here.runTo(0, words);
    assert.deepEqual([summary!.tally.copied, summary!.tally.updated, summary!.tally.repaired], [0, 0, 0]);
  });

test('on their way to another host they are counted, by every run', { skip }, async () => {
  await using here = await far();
  plant(here);
  for (const copied of [10, 0]) {
    const { summary } = await here.runTo(0, ['transfer', here.url(here.source), here.url(here.dest)]);
    assert.deepEqual(
      [summary!.tally.copied, summary!.tally.repaired, summary!.notices.times],
      [copied === 0 ? 0 : 7, 0, 12],
    );
  }
});
