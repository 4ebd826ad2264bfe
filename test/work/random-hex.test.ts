import assert from 'node:assert/strict';
import { test } from 'node:test';
import { randomHex } from '../../src/work/random-hex.ts';

test('randomHex() is as long as was asked for, and another each time', () => {
  const all = Array.from({ length: 1000 }, () => randomHex(6));
  assert.equal(new Set(all).size, all.length);
  for (const one of all) assert.match(one, /^[0-9a-f]{12}$/);
});
