import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { failures } from '../survive/program.ts';
import { differences, far, ways } from './ground.ts';

const skip = needs('sshd', 'root');

for (const way of ['from a host', 'from host to host'])
  for (const strategy of ['auto', 'parallel'])
    test(`${way} by ${strategy}, a dry run says of a device what the run then does`, { skip }, async () => {
      await using here = await far();
      execFileSync('mknod', [join(here.source, 'device'), 'b', '1', '300']);
      fs.writeFileSync(join(here.source, 'file'), 'x');
      const words = ['transfer', '--strategy', strategy, ...ways[way]!(here)];
      const planned = await here.runTo(0, [...words, '--dry-run']);
      const done = await here.runTo(0, words);
      const made = fs.existsSync(join(here.dest, 'device')) ? 1 : 0;
      for (const { tally, notices } of [planned.summary!, done.summary!])
        assert.deepEqual([tally.made, notices.special ?? 0], [made, 1 - made]);
    });

for (const way of Object.keys(ways))
  test(`${way} a FIFO or device takes the place of what is no directory, or an empty one`, {
    skip: needs('sshd', 'root', 'rsync'),
  }, async () => {
    await using here = await far();
    await shell(
      here.source,
      'mkdir d; for name in a b d/c d/e f; do mkfifo $name; done; mknod device b 1 300',
    );
    await shell(
      here.path,
      'mkdir -p to/d/e to/f; echo a >to/a; ln -s d to/b; echo c >to/d/c; echo x >to/f/x',
    );
    fs.writeFileSync(join(here.dest, 'device'), 'x');
    const [source, dest] = ways[way]!(here);
    await here.runTo(3, ['transfer', '--dry-run', source, dest]);
    const ended = await here.runTo(3, ['transfer', source, dest]);
    assert.deepEqual([...failures(ended).keys()], ['f']);
    assert.equal(ended.summary!.notices.special, undefined);
    fs.rmSync(join(here.dest, 'f'), { recursive: true });
    await here.runTo(0, ['transfer', source, dest]);
    assert.deepEqual(differences(here.source, here.dest), []);
  });

test('a device that an ordinary user may not make on a host leaves there what has its name', {
  skip: needs('sshd', 'root', 'setpriv'),
}, async () => {
  const asNobody = 'setpriv --reuid=65534 --regid=65534 --clear-groups sh -c "$SSH_ORIGINAL_COMMAND"';
  await using here = await far({ options: [`ForceCommand exec ${asNobody}`] });
  await shell(here.source, 'mknod device b 1 300; mkfifo fifo');
  fs.mkdirSync(here.dest);
  for (const name of ['device', 'fifo']) fs.writeFileSync(join(here.dest, name), 'x');
  fs.chownSync(here.dest, 65534, 65534);
  const ended = await here.runTo(0, ['transfer', here.source, here.url(here.dest)]);
  assert.equal(ended.summary!.notices.special, 1);
  assert.equal(fs.readFileSync(join(here.dest, 'device'), 'utf8'), 'x');
  assert.ok(fs.statSync(join(here.dest, 'fifo')).isFIFO());
});
