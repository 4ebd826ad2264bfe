import assert from 'node:assert/strict';
import { createHash, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { sha256 } from '../../src/work/sha256.ts';

test('sha256() is what OpenSSL says, however long it is', () => {
  for (let length = 0; length < 300; length++) {
    const bytes = randomBytes(length);
    assert.equal(sha256(bytes), createHash('sha256').update(bytes).digest('hex'), `${length} bytes`);
  }
});

test('sha256() takes texts and bytes one after the other', () => {
  const parts = ['local', Buffer.from([0xff, 0]), '\0', 'ä/€'] as const;
  const hash = createHash('sha256');
  for (const part of parts) hash.update(part);
  assert.equal(sha256(...parts), hash.digest('hex'));
});
