import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { attack, directory, file, symlink } from '../attack.ts';
import { end, member } from '../forge.ts';

for (const target of ['../outside/secret', '/etc/passwd', 'dir/../../outside/secret']) {
  test(`hostile: a hard link to ${target} is refused`, async () => {
    const prepare = (dest: string) => fs.writeFileSync(join(dest, '../outside/secret'), 'secret');
    const stream = [member({ path: 'a', flag: '1', target }), end];
    const { error, there } = await attack({ a: file(6) }, stream, { prepare });
    assert.equal(error?.kind, 'refused');
    assert.deepEqual(there, ['./outside/secret f 6']);
  });
}

test('hostile: a hard link to what is there, but not in the batch, is none', async () => {
  const prepare = (dest: string) => fs.writeFileSync(join(dest, 'secret'), 'secret');
  const stream = [member({ path: 'a', flag: '1', target: 'secret' }), end];
  const { there } = await attack({ a: file(6) }, stream, { prepare });
  assert.deepEqual(there, ['./dest/secret f 6']);
});

test('hostile: a hard link through a symlink of the batch is none', async () => {
  const prepare = (dest: string) => fs.writeFileSync(join(dest, '../outside/secret'), 'secret');
  const stream = [
    member({ path: 'dir', flag: '2', target: '../outside' }),
    member({ path: 'a', flag: '1', target: 'dir/secret' }),
    end,
  ];
  const { there } = await attack({ dir: symlink, 'dir/secret': file(6), a: file(6) }, stream, { prepare });
  assert.deepEqual(there, ['./dest/dir l 10', './outside/secret f 6']);
});

test('hostile: a hard link to a directory or to itself is none', async () => {
  const expected = { dir: directory, a: file(0), b: file(0) };
  const stream = [
    member({ path: 'dir', flag: '5' }),
    member({ path: 'a', flag: '1', target: 'dir' }),
    member({ path: 'b', flag: '1', target: 'b' }),
    end,
  ];
  const { there, unpacked } = await attack(expected, stream);
  assert.deepEqual(
    there.map((line) => line.split(' ')[0]),
    ['./dest/dir'],
  );
  assert.equal(unpacked?.failures.length, 2);
});
