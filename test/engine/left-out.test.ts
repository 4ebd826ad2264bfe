import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { judge } from '../judge.ts';
import { needs } from '../peer.ts';
import { pair, said } from './pair.ts';

// What an earlier run was told not to keep, and so did not compare, is not taken to be compared.

describe('after a run without them', { skip: needs('rsync', 'root', 'xattrs'), concurrency: 2 }, () => {
  for (const [without, missing] of [
    ['xattrs,acls', ['acl', 'both', 'xattr']],
    ['xattrs', ['both', 'xattr']],
    ['acls', ['acl', 'both']],
  ] as const)
    test(`the next one carries ${without}`, async () => {
      const given = await attributed();
      await given.transfer(['--no-preserve', without]);
      await given.transfer(['--no-preserve', without]);
      assert.deepEqual(
        said(await given.transfer()),
        missing.map((name) => `repair ${name}`),
      );
      assert.equal(await judge(given.source, given.dest), '');
      assert.deepEqual(said(await given.transfer()), []);
    });

  test('what one with them compared is known all the same', async () => {
    const given = await attributed();
    await given.transfer();
    for (const without of ['xattrs,acls', 'acls']) {
      assert.deepEqual(said(await given.transfer(['--no-preserve', without])), []);
      assert.deepEqual(said(await given.transfer()), []);
    }
    assert.equal(await judge(given.source, given.dest), '');
  });

  test('--trust-journal asks for modes, owners and times', async () => {
    for (const without of ['mode', 'owner', 'times']) {
      const given = pair('disk');
      await given.make('mkdir d; echo f >d/f; chmod 640 d/f; chown 12:34 d/f; touch -d @5.5 d/f d .');
      await given.transfer(['--no-preserve', without]);
      await given.transfer(['--no-preserve', without]);
      await given.transfer(['--trust-journal']);
      assert.equal(await judge(given.source, given.dest), '', without);
    }
  });
});

async function attributed() {
  const given = pair('disk');
  await given.make(`for f in acl both none xattr; do echo $f >$f; done
    setfacl -m u:7:rw acl; setfacl -m u:8:r both; setfattr -n user.a -v 1 both; setfattr -n user.b -v 2 xattr`);
  return given;
}
