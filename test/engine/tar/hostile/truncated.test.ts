import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attack, directory, file, symlink } from '../attack.ts';
import { end, long, member, pax } from '../forge.ts';

const name = 'n'.repeat(150);
const expected = { dir: directory, 'dir/a': file(1500), [name]: file(3), link: symlink, z: file(0) };
const whole = Buffer.concat([
  member({ path: './dir/', flag: '5' }),
  member({ path: './dir/a', content: 'a'.repeat(1500) }),
  long('L', name),
  pax({ mtime: '1000000000.5' }),
  member({ path: 'n', content: 'nnn' }),
  member({ path: 'link', flag: '2', target: 'z' }),
  member({ path: 'z' }),
]);

test('hostile: a stream cut off at any block leaves no file', async () => {
  for (let blocks = 0; blocks <= whole.length / 512; blocks++) {
    const { error, there } = await attack(expected, [whole.subarray(0, blocks * 512)]);
    assert.match(String(error?.kind), /^(transient|corrupt)$/, `${blocks} blocks`);
    assert.deepEqual(
      there.filter((line) => !line.startsWith('./dest/dir d')),
      [],
    );
  }
});

test('hostile: a stream cut off inside a block leaves no file', async () => {
  for (const bytes of [1, 100, 511, 513, 1023, 1025, 2600, whole.length - 1, whole.length + 100]) {
    const { error } = await attack(expected, [Buffer.concat([whole, end]).subarray(0, bytes)]);
    assert.match(String(error?.kind), /^(transient|corrupt)$/, `${bytes} bytes`);
  }
});

test('a stream in pieces of any size is the same', async () => {
  for (const pieceBytes of [1, 3, 511, 512, 513, 100_000]) {
    const { error, unpacked, there } = await attack(expected, [whole, end], { pieceBytes });
    assert.equal(error, undefined);
    assert.deepEqual(unpacked?.failures, []);
    assert.equal(there.length, 5);
  }
});
