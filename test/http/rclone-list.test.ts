import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { currentRclone, needs } from '../peer.ts';
import { remotes } from '../rclone/remotes.ts';
import { runTo } from '../survive/program.ts';

test('a tree that rclone serves by HTTP is fetched whole, from its top and from below', {
  skip: needs('current-rclone'),
}, async () => {
  await using here = remotes(currentRclone);
  await here.serve('http');
  const [, url] = /^url = (.*)$/m.exec(fs.readFileSync(here.config, 'utf8'))!;
  const deep = join(here.disk, 'a b/é & <it>');
  fs.mkdirSync(deep, { recursive: true });
  for (const name of ['x', 'a b/y', 'a b/é & <it>/z?.txt']) fs.writeFileSync(join(here.disk, name), name);
  const fetch = (from: string, to: string) =>
    runTo(0, join(here.path, 'state'), ['transfer', `${url}/${from}`, join(here.path, to)], {
      env: here.env,
    });
  assert.equal((await fetch('', 'all')).summary!.tally.copied, 3);
  assert.equal(here.check(here.disk, join(here.path, 'all')), '');
  assert.equal((await fetch(`${encodeURI('a b/é & <it>')}/`, 'deep')).summary!.tally.copied, 1);
  assert.equal(here.check(deep, join(here.path, 'deep')), '');
});
