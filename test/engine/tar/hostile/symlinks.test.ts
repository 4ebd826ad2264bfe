import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { attack, directory, file, symlink } from '../attack.ts';
import { end, member } from '../forge.ts';

test('hostile: nothing is written through a symlink that came before', async () => {
  const { there, unpacked } = await attack({ dir: symlink, 'dir/x': file(4) }, [
    member({ path: 'dir', flag: '2', target: '../outside' }),
    member({ path: 'dir/x', content: 'evil' }),
    end,
  ]);
  assert.deepEqual(
    there.map((line) => line.split(' ').slice(0, 2).join(' ')),
    ['./dest/dir l'],
  );
  assert.deepEqual(
    unpacked?.failures.map(({ kind }) => kind),
    ['missing'],
  );
});

test('hostile: a symlink where a directory was listed has changed', async () => {
  const { there } = await attack({ dir: directory, 'dir/x': file(4) }, [
    member({ path: 'dir', flag: '2', target: '../outside' }),
    member({ path: 'dir/x', content: 'evil' }),
    end,
  ]);
  assert.deepEqual(there, []);
});

test('hostile: nothing is written through a symlink that is there', async () => {
  const prepare = (dest: string) => fs.symlinkSync('../outside', join(dest, 'dir'));
  const stream = [member({ path: 'dir', flag: '5' }), member({ path: 'dir/x', content: 'evil' }), end];
  const { there, unpacked } = await attack({ dir: directory, 'dir/x': file(4) }, stream, { prepare });
  assert.deepEqual(there, ['./dest/dir l 10']);
  assert.equal(unpacked?.failures.length, 2);
});

test('hostile: nothing is written through a symlink that a rival puts there before the names are given', async () => {
  const meanwhile = (dest: string) => {
    fs.renameSync(join(dest, 'dir'), join(dest, '../moved'));
    fs.symlinkSync('../outside', join(dest, 'dir'));
  };
  const stream = [member({ path: 'dir', flag: '5' }), member({ path: 'dir/x', content: 'evil' }), end];
  const { outside, unpacked } = await attack({ dir: directory, 'dir/x': file(4), y: file(0) }, stream, {
    meanwhile,
  });
  assert.deepEqual(fs.readdirSync(outside), []);
  assert.equal(unpacked?.arrived.has('dir/x'), false);
});

test('hostile: a symlink may lead anywhere, and nobody follows it', async () => {
  const stream = [member({ path: 'a', flag: '2', target: '/etc/passwd' }), end];
  const { dest, unpacked } = await attack({ a: symlink }, stream);
  assert.equal(fs.readlinkSync(join(dest, 'a')), '/etc/passwd');
  assert.deepEqual(unpacked?.failures, []);
});
