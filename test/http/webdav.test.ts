import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { currentRclone, needs } from '../peer.ts';
import { remotes } from '../rclone/remotes.ts';
import { failures, runTo } from '../survive/program.ts';

test('a server of WebDAV that gives no directory to who asks for a file takes a tree again, and sees what changed', {
  skip: needs('current-rclone'),
}, async () => {
  await using here = remotes(currentRclone);
  await here.serve('webdav');
  const [, url] = /^url = (.*)$/m.exec(fs.readFileSync(here.config, 'utf8'))!;
  const source = join(here.path, 'from');
  fs.mkdirSync(join(source, 'a/b'), { recursive: true });
  for (const name of ['x', 'a/y', 'a/b/z']) fs.writeFileSync(join(source, name), name);
  const transfer = (status: number, dest: string) =>
    runTo(status, join(here.path, 'state'), ['transfer', source, `${url}/${dest}`], { env: here.env });
  assert.equal((await transfer(0, 'to/')).summary!.tally.copied, 3);
  fs.writeFileSync(join(source, 'a/b/z'), 'another one');
  assert.equal((await transfer(0, 'to')).summary!.tally.copied, 1); // whichever way it is typed
  assert.equal((await transfer(0, 'to/')).summary!.tally.copied, 0);
  assert.equal(here.check(source, join(here.disk, 'to')), '');
  fs.rmSync(join(source, 'a'), { recursive: true });
  fs.writeFileSync(join(source, 'a'), 'a file where a directory is');
  const ended = await transfer(3, 'to/');
  assert.match(failures(ended).get('a')!, /^conflict: /);
  assert.equal(fs.readFileSync(join(here.disk, 'to/a/b/z'), 'utf8'), 'another one');
});
