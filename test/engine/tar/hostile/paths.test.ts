import assert from 'node:assert/strict';
import { test } from 'node:test';
import { attack, file } from '../attack.ts';
import { end, long, member, pax } from '../forge.ts';

const bad = [
  '../outside/x',
  '/tmp/difpipe-outside',
  'a/../../outside/x',
  '..',
  'a//b',
  './../x',
  'a/./b',
  '',
  './/x',
];

for (const path of bad) {
  test(`hostile: the path ${JSON.stringify(path)} is refused, and nothing is there afterwards`, async () => {
    const good = member({ path: 'good', content: 'good' });
    const streams = [
      member({ path, content: 'evil' }),
      Buffer.concat([pax({ path }), member({ path: 'good2', content: 'evil' })]),
      Buffer.concat([long('L', path), member({ path: 'good2', content: 'evil' })]),
    ];
    for (const evil of path === '' ? streams.slice(0, 1) : streams) {
      const { error, there } = await attack({ good: file(4) }, [good, evil, end]);
      assert.equal(error?.kind, 'refused');
      assert.deepEqual(there, []);
    }
  });
}

test('hostile: a path that nobody asked for is refused', async () => {
  const { error, there } = await attack({ good: file(4) }, [
    member({ path: 'good', content: 'good' }),
    member({ path: 'other', content: 'evil' }),
    end,
  ]);
  assert.equal(error?.kind, 'refused');
  assert.deepEqual(there, []);
});

test('hostile: a path with a NUL in a record is refused', async () => {
  const { error } = await attack({ good: file(4) }, [
    pax({ path: 'good\0evil' }),
    member({ path: 'good', content: 'good' }),
    end,
  ]);
  assert.equal(error?.kind, 'refused');
});
