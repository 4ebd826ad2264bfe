import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { test } from 'node:test';
import { hmacBy } from '../../src/store/s3/service/hmac.ts';

test('hmacBy() comes to what node:crypto does, of longer and shorter texts one after the other', () => {
  for (const length of [0, 20, 32, 64]) {
    const key = Buffer.from(Array.from({ length }, (_, at) => (at * 37 + 200) & 255));
    const hmac = hmacBy(key);
    for (const text of ['', 'a', 'ab'.repeat(70), 'short', 'c'.repeat(1000), 'AWS4-HMAC-SHA256\n'])
      assert.equal(hmac(text), createHmac('sha256', key).update(text).digest('hex'), `${length} ${text}`);
  }
});
