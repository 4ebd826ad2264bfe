import assert from 'node:assert/strict';
import { describe, test } from 'node:test';
import { complaintIn, readCopied } from '../../src/store/rclone/copied.ts';

const line = (words: object) => readCopied(JSON.stringify(words));

describe('complaintIn()', () => {
  const critical = JSON.stringify({ level: 'critical', msg: 'unable to decrypt configuration' });
  const leaving = JSON.stringify({ level: 'info', msg: 'Exiting...' });

  test('is the gravest of the last lines, else the last one', () => {
    assert.equal(complaintIn([critical, leaving]), 'unable to decrypt configuration');
    assert.equal(complaintIn([leaving]), 'Exiting...');
    assert.equal(complaintIn(['2026/11/29 11:08:12 no such thing']), 'no such thing');
    assert.equal(complaintIn([]), '');
  });
});

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
    assert.equal(line({ level: 'info', msg: 'Copied (new)', object: 7 }), undefined);
    for (const text of ['', 'not JSON', '{"level":"info","msg":"Copied (n', '{'])
      assert.equal(readCopied(text), undefined);
  });
});
