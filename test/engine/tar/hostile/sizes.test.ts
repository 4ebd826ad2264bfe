import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attack, directory, file, symlink } from '../attack.ts';
import { end, member, pax } from '../forge.ts';

const after = member({ path: 'after', content: 'next' });

test('hostile: a file that is larger or smaller than was listed has changed, and the rest arrives', async () => {
  for (const content of ['', 'abc', 'abcde', 'x'.repeat(5000)]) {
    const stream = [member({ path: 'a', content }), after, end];
    const { there, unpacked } = await attack({ a: file(4), after: file(4) }, stream);
    assert.deepEqual(there, ['./dest/after f 4']);
    assert.deepEqual(
      unpacked?.failures.map(({ kind }) => kind),
      ['changed'],
    );
  }
});

test('hostile: a size in a pax record is the one that counts', async () => {
  const { there } = await attack({ a: file(4), after: file(4) }, [
    pax({ size: '4' }),
    member({ path: 'a', content: 'abcd', size: 9999 }),
    after,
    end,
  ]);
  assert.deepEqual(there, ['./dest/a f 4', './dest/after f 4']);
});

test('hostile: a size that promises more than comes is a stream that ends early', async () => {
  const stream = [member({ path: 'a', size: 1_000_000, content: 'abc' }), end];
  const { error, there } = await attack({ a: file(1_000_000) }, stream);
  assert.equal(error?.kind, 'transient');
  assert.deepEqual(there, []);
});

test('hostile: what is no file has no bytes', async () => {
  for (const flag of ['2', '5', '6']) {
    const stream = [member({ path: 'a', flag, target: 'x', size: 512, content: 'x'.repeat(512) }), end];
    const { error, there } = await attack({ a: flag === '2' ? symlink : directory }, stream);
    assert.equal(error?.kind, 'corrupt');
    assert.deepEqual(there, []);
  }
});
