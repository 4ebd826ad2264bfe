import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { setTimeout as wait } from 'node:timers/promises';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { warnings } from '../survive/program.ts';
import { farWith, make } from './attributed.ts';
import { differences, far, ways } from './ground.ts';

// What SFTP does not carry goes by programs of the host. rsync, which knows nothing of ours, judges.

const skip = needs('sshd', 'rsync', 'setfattr', 'setfacl');

for (const [way, ends] of Object.entries(ways)) {
  test(`large files and files of several names keep their attributes and ACLs ${way}`, { skip }, async () => {
    await using here = await far();
    await shell(here.source, make);
    const words = ['transfer', ...ends(here)];
    const first = await here.runTo(0, words);
    assert.deepEqual(warnings(first), []);
    assert.deepEqual(first.summary!.notices, {});
    assert.deepEqual(differences(here.source, here.dest), []);
    await shell(
      join(here.source, 'a dir'),
      'echo more >>both; setfattr -x user.one both; setfattr -n user.two both; setfacl -x u:1234 both; echo more >>acl; setfacl -b acl; touch -d @2000 both acl',
    );
    const next = await here.runTo(0, words);
    assert.equal(next.summary!.tally.copied, 2);
    assert.deepEqual(differences(here.source, here.dest), []);
    assert.equal((await here.runTo(0, words)).summary!.tally.copied, 0);
  });
}

test('one large file keeps its attributes and ACLs', { skip }, async () => {
  await using here = await far();
  await shell(here.source, `${make}; cd ../..; mkdir one there back; cp -a 'from/a dir/both' one`);
  await here.runTo(0, ['transfer', join(here.path, 'one/both'), here.url(join(here.path, 'there/both'))]);
  await here.runTo(0, ['transfer', here.url(join(here.path, 'there/both')), join(here.path, 'back/both')]);
  for (const at of ['there', 'back']) {
    const left = differences(join(here.path, 'one'), join(here.path, at));
    assert.deepEqual(
      left.filter((line) => !line.startsWith('.d')),
      [],
    );
  }
});

test('what a host cannot keep of a large file is counted, and nothing else is said the first time', {
  skip,
}, async () => {
  await using here = await farWith({ cp: 'exit 1' });
  await shell(here.source, 'head -c 2000000 /dev/zero >large; echo small >small; touch -d @1000 large small');
  const words = ['transfer', here.source, here.url(here.dest)];
  const first = await here.runTo(0, words);
  assert.deepEqual(first.summary!.notices, {});
  assert.deepEqual(warnings(first), []);
  await shell(
    here.source,
    'for name in large small; do cp -p $name $name.too; setfattr -n user.kept $name.too; done',
  );
  const again = await here.runTo(0, words);
  assert.equal(again.summary!.tally.copied, 2);
  assert.deepEqual(again.summary!.notices, { xattr: 1 });
  assert.match(
    String(warnings(again)),
    /^extended attributes and .* lists, where nothing else changed, are not/,
  );
});

test('a host that says it keeps attributes and does not is not believed', { skip }, async () => {
  await using here = await farWith({ cp: 'case $1 in --help) echo --attributes-only;; esac' });
  await shell(
    here.source,
    'head -c 2000000 /dev/zero >large; setfattr -n user.one large; setfacl -m u:7:r large; touch -d @1000 large',
  );
  const { summary } = await here.runTo(0, ['transfer', here.source, here.url(here.dest)]);
  assert.deepEqual(summary!.notices, { xattr: 1, acl: 1 });
});

test('a run that is killed before a large file has its attributes does it again', { skip }, async () => {
  await using here = await farWith({
    cp: `case $1 in --help) exec /bin/cp --help;; esac\ncd "\${0%/*}"; >met; while [ ! -e go ]; do sleep 0.1; done`,
  });
  await shell(
    here.source,
    'head -c 2000000 /dev/zero >large; setfattr -n user.one -v 1 large; touch -d @1000 large',
  );
  const words = ['transfer', here.source, here.url(here.dest)];
  const running = here.start(words);
  while (!fs.existsSync(join(here.tools, 'met'))) await wait(20);
  running.child.kill('SIGKILL');
  await running.ended;
  fs.writeFileSync(join(here.tools, 'go'), '');
  fs.writeFileSync(join(here.tools, 'cp'), '#!/bin/sh\nexec /bin/cp "$@"\n');
  await here.runTo(0, words);
  assert.deepEqual(differences(here.source, here.dest), []);
});

describe('verify compares attributes and ACLs', { skip, concurrency: 3 }, () => {
  for (const [way, ends] of Object.entries(ways))
    test(way, async () => {
      await using here = await far();
      await shell(here.source, make);
      await here.runTo(0, ['transfer', '--verify', ...ends(here)]);
      await shell(
        here.dest,
        "cd 'a dir'; setfattr -n user.x -v 1 alone; setfattr -x user.one xattr; setfacl -m u:9:r sub; setfacl -k .",
      );
      const { said } = await here.runTo(4, ['verify', ...ends(here)]);
      const found = said.filter(({ type }) => type === 'difference');
      assert.deepEqual(found.map(({ path, what }) => `${path} ${what}`).sort(), [
        'a dir acl',
        'a dir/alone xattr',
        'a dir/sub acl',
        'a dir/xattr xattr',
      ]);
      await here.runTo(0, ['verify', '--no-preserve', 'xattrs,acls', ...ends(here)]);
    });

  test('and says where it cannot', async () => {
    await using here = await far({ options: ['ForceCommand internal-sftp'] });
    await shell(here.source, make);
    const ends = [here.source, here.url(here.dest)];
    const moved = await here.runTo(0, ['transfer', '--verify', ...ends]);
    assert.match(
      String(warnings(moved)),
      /^extended attributes and .* are not carried between these places$/,
    );
    const verified = await here.runTo(0, ['verify', ...ends]);
    assert.match(
      String(warnings(verified)),
      /^extended attributes and .* are not compared between these places$/,
    );
    assert.deepEqual(warnings(await here.runTo(0, ['verify', '--no-preserve', 'xattrs,acls', ...ends])), []);
  });
});
