import assert from 'node:assert/strict';
import { test } from 'node:test';
import { needs } from '../../../peer.ts';
import { attack, file } from '../attack.ts';
import { end, member } from '../forge.ts';

for (const flag of ['3', '4', '6']) {
  test(`hostile: a device or FIFO (${flag}) where a file was listed is not made`, {
    skip: needs('root'),
  }, async () => {
    const { there, unpacked } = await attack({ a: file(0) }, [member({ path: 'a', flag }), end]);
    assert.deepEqual(there, []);
    assert.deepEqual(
      unpacked?.failures.map(({ kind }) => kind),
      ['changed'],
    );
  });
}

test('hostile: a setuid file of another owner keeps its bit only with its owner', {
  skip: needs('root'),
}, async () => {
  const stream = [member({ path: 'a', content: 'abcd', mode: 0o4755 }), end];
  const { there } = await attack({ a: file(4) }, stream);
  assert.deepEqual(there, ['./dest/a f 4']);
});
