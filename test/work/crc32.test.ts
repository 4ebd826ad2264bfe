import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import { crc32 } from '../../src/work/crc32.ts';

test('crc32() is what zlib says of few bytes and of many, one after the other', () => {
  let [ours, theirs] = [0, 0];
  for (const length of [0, 1, 7, 256, 16_384, 16_385, 100_000]) {
    const bytes = randomBytes(length);
    [ours, theirs] = [crc32(bytes, ours), zlib.crc32(bytes, theirs)];
    assert.equal(ours, theirs, `${length} bytes`);
  }
});

test('crc32() takes texts as they are in UTF-8', () => {
  for (const text of ['', 'plain', 'ä/€ 𝄞', '\ud800'])
    assert.equal(crc32(text, 5), zlib.crc32(text, 5), text);
});
