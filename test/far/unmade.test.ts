import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { describe, test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { mounted } from '../survive/ground.ts';
import { failures } from '../survive/program.ts';
import { differences, far, ways } from './ground.ts';

// Directories that cannot be made on a host.

const asNobody =
  'ForceCommand exec setpriv --reuid=65534 --regid=65534 --clear-groups sh -c "$SSH_ORIGINAL_COMMAND"';

const tree = `mkdir -p a/b c; for d in a a/b c; do for i in 1 2 3; do echo $d >$d/$i; done; done
  ln -s 1 c/link; ln c/1 c/again; truncate -s 2M a/b/large`;

describe('a directory that may not be made is named with the reason, and stands for what is below it', {
  skip: needs('sshd', 'rsync', 'root', 'setpriv'),
  concurrency: 2,
}, () => {
  for (const way of ['to a host', 'from host to host'])
    for (const strategy of ['auto', 'parallel', 'tar'])
      test(`${way} by ${strategy}`, async () => {
        await using here = await far({ options: [asNobody] });
        await shell(here.source, tree);
        fs.mkdirSync(here.dest);
        const words = ['--strategy', strategy, ...ways[way]!(here)];
        const ended = await here.runTo(3, ['transfer', ...words]);
        const failed = failures(ended);
        assert.deepEqual([...failed.keys()].sort(), ['a', 'c']);
        for (const why of failed.values()) assert.match(why, /^denied: cannot make .*: permission denied$/);
        assert.equal(ended.summary!.tally.failed, 2);
        fs.chmodSync(here.dest, 0o777);
        await here.runTo(0, ['runs', 'retry', ended.summary!.run]);
        const left = differences(here.source, here.dest);
        assert.deepEqual(
          left.filter((line) => line.includes('+++')),
          [],
        );
      });
});

test('who sends to what is mounted read-only on a host reads what to do about it', {
  skip: needs('sshd', 'root'),
}, async () => {
  await using here = await far();
  await shell(here.source, 'mkdir d; echo x >d/x');
  using dest = mounted(here.dest, '-t', 'tmpfs', '-o', 'ro', 'tmpfs');
  const { said } = await here.runTo(1, ['transfer', here.source, here.url(dest.path)]);
  const failed = said.filter(({ type }) => type === 'failed');
  const hint = 'mount it for writing, or choose another destination';
  assert.deepEqual(failed.map(({ path, kind, hint }) => [path, kind, hint]).sort(), [
    ['d', 'readonly', hint],
  ]);
});
