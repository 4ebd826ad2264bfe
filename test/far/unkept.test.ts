import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { describe, test } from 'node:test';
import { shell } from '../engine/run.ts';
import { needs } from '../peer.ts';
import { mounted } from '../survive/ground.ts';
import { warnings } from '../survive/program.ts';
import { far } from './ground.ts';

// A host whose disk holds neither attributes nor ACLs.

const make = `
  mkdir -p d/e; echo a >a; echo b >d/b; setfattr -n user.k a d/b; setfattr -n user.l -v 1 a
  setfacl -m u:7:r a; setfacl -d -m u:7:rx d/e; setfacl -m u:7:rx .; setfattr -n user.dir -v 1 d`;

describe('attributes and ACLs that the disk of a host does not hold are counted', {
  skip: needs('sshd', 'setfattr', 'setfacl', 'loop'),
  concurrency: 2,
}, () => {
  for (const [way, isFar] of [
    ['to a host', false],
    ['from host to host', true],
  ] as const)
    test(way, async () => {
      await using here = await far();
      const disk = join(here.path, 'disk');
      using _ = mounted(disk, '-t', 'ramfs', 'none');
      await shell(here.source, make);
      const source = isFar ? here.url(here.source) : here.source;
      const words = ['transfer', source, here.url(join(disk, 'to'))];
      const first = await here.runTo(0, words);
      assert.deepEqual(first.summary!.notices, { xattr: 4, acl: 3 });
      assert.deepEqual(warnings(first), []);
    });

  test('as many as there are, and those of a directory once', async () => {
    await using here = await far();
    const disk = join(here.path, 'disk');
    using _ = mounted(disk, '-t', 'ramfs', 'none');
    fs.mkdirSync(join(disk, 'to'));
    await shell(
      here.source,
      'for i in $(seq 7000); do >"a name that is longer than others $i"; done; setfattr -n user.k *; setfacl -m u:7:rx .',
    );
    const ended = await here.runTo(0, ['transfer', here.source, here.url(join(disk, 'to'))]);
    assert.deepEqual(ended.summary!.notices, { xattr: 7000, acl: 1 });
  });
});
