import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { readCopied } from '../../src/store/rclone/copied.ts';

const line = (words: object) => readCopied(JSON.stringify(words));

describe('readCopied()', () => {
  test('names files that were copied, in whatever way', () => {
    const ways = ['(new)', '(replaced existing)', '(server-side copy)', '(new) to: b'].map(
      (how) => `Copied ${how}`,
    );
    for (const msg of [...ways, 'Multi-thread Copied (new)'])
      assert.equal(line({ level: 'info', msg, object: 'a/b', objectType: '*local.Object' }), 'a/b');
  });

  test('passes over what is of no interest, and what is no JSON', () => {
    assert.equal(line({ level: 'info', msg: 'Set directory modification time', object: 'a' }), undefined);
    assert.equal(line({ level: 'error', msg: 'Copied (new)', object: 'a' }), undefined);
    assert.equal(line({ level: 'info', msg: 'Copied (new)' }), undefined);
    for (const text of ['', 'not JSON', '{"level":"info","msg":"Copied (n', '{'])
      assert.equal(readCopied(text), undefined);
  });
});
