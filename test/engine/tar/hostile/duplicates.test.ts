import assert from 'node:assert/strict';
import * as fs from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';
import { attack, file, symlink } from '../attack.ts';
import { end, member } from '../forge.ts';

for (const again of ['a', './a']) {
  test(`hostile: a name that comes twice, as ${again}, is refused, and nothing is there afterwards`, async () => {
    const stream = [member({ path: 'a', content: 'one' }), member({ path: again, content: 'two' }), end];
    const { error, there } = await attack({ a: file(3) }, stream);
    assert.equal(error?.kind, 'refused');
    assert.deepEqual(there, []);
  });
}

test('hostile: a name that a rival takes meanwhile is his, and said', async () => {
  const meanwhile = (dest: string) => {
    fs.writeFileSync(join(dest, 'a'), 'rival');
    fs.writeFileSync(join(dest, 'b'), 'rival');
  };
  const stream = [member({ path: 'a', content: 'one' }), member({ path: 'b', flag: '2', target: 'x' }), end];
  const { dest, unpacked } = await attack({ a: file(3), b: symlink }, stream, { meanwhile });
  assert.equal(fs.readFileSync(join(dest, 'a'), 'latin1'), 'rival');
  assert.deepEqual(
    unpacked?.failures.map(({ kind }) => kind),
    ['conflict', 'conflict'],
  );
  assert.deepEqual(fs.readdirSync(dest).sort(), ['a', 'b']);
});
