import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Script } from 'node:vm';
import { expectBuffers } from '../../src/work/expect-buffers.ts';

test('expectBuffers() lets a program start with what V8 compiled before', () => {
  const code = 'function add(a, b) { return a + b; } add(1, 2)';
  const cachedData = new Script(code).createCachedData();
  expectBuffers();
  assert.equal(new Script(code, { cachedData }).cachedDataRejected, false);
});
