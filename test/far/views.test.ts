import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { needs } from '../peer.ts';
import { differences, type Far, far } from './ground.ts';
import { ordinary } from './tree.ts';

// Hosts whose SFTP server shows another tree than their shell, as storage systems do that let people see their shares.

type Host = { readonly here: Far; readonly seen: string; readonly shells: string };

/** What is in `seen` is for SFTP where `shells` is for a shell. */
async function host(stack: AsyncDisposableStack): Promise<Host> {
  const path = fs.mkdtempSync('/tmp/difpipe-views-');
  stack.defer(() => fs.rmSync(path, { recursive: true }));
  const [seen, shells] = ['seen', 'shells'].map((name) => join(path, name)) as [string, string];
  for (const [dir, seconds] of [
    [seen, 1e9],
    [shells, 1.1e9],
  ] as const) {
    fs.mkdirSync(join(dir, 'both'), { recursive: true });
    if (dir === seen) fs.mkdirSync(join(dir, 'one'));
    for (const at of [join(dir, 'both'), dir]) fs.utimesSync(at, seconds, seconds);
  }
  const force =
    `case "$SSH_ORIGINAL_COMMAND" in *sftp-server*) exec unshare -m sh -c "mount --bind ${seen} ${shells} && ` +
    'exec $SSH_ORIGINAL_COMMAND";; *) exec sh -c "$SSH_ORIGINAL_COMMAND";; esac';
  return { here: stack.use(await far({ options: [`ForceCommand ${force}`] })), seen, shells };
}

describe('a host whose shell sees another tree than SFTP does', {
  skip: needs('sshd', 'rsync', 'root', 'unshare'),
  concurrency: 2,
}, () => {
  for (const [what, dir] of [
    ['a directory that is in both', 'both'],
    ['a new directory below what is in both', 'new'],
    ['a directory that only SFTP sees', 'one'],
    ['a new directory below what only SFTP sees', 'one/new'],
  ] as const)
    test(`gets into ${what} what SFTP shows there, and gives it back`, async () => {
      await using stack = new AsyncDisposableStack();
      const { here, seen, shells } = await host(stack);
      ordinary(here.source, { files: 30 });
      const url = here.url(join(shells, dir));
      await here.runTo(0, ['transfer', here.source, url]);
      const beside = fs.readdirSync(shells, { recursive: true });
      assert.deepEqual(beside, ['both']);
      assert.deepEqual(fs.readdirSync(join(seen, dir)).sort(), fs.readdirSync(here.source).sort());
      assert.equal((await here.runTo(0, ['transfer', here.source, url])).summary!.tally.copied, 0);
      await here.runTo(0, ['transfer', url, here.dest]);
      assert.deepEqual(differences(join(seen, dir), here.dest), []);
    });
});
