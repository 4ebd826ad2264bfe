import assert from 'node:assert/strict';
import { test } from 'node:test';
import { giveBack, takeChunk } from '../../src/work/chunk-memory.ts';

const bytes = 200_000;

test('takeChunk() hands memory out again that was given back, and to one at a time', () => {
  const [one, other] = [takeChunk(bytes), takeChunk(bytes)];
  assert.notEqual(one.buffer, other.buffer);
  giveBack(one.subarray(0, 10));
  giveBack(one);
  const [again, third] = [takeChunk(bytes + 1), takeChunk(bytes)];
  assert.equal(again.buffer, one.buffer);
  assert.equal(again.length, bytes + 1);
  assert.ok(![one.buffer, other.buffer].includes(third.buffer));
});

test('giveBack() leaves memory alone that is not from here, and short pieces that share theirs', () => {
  const theirs = Buffer.alloc(bytes);
  const short = takeChunk(100);
  giveBack(theirs);
  giveBack(short);
  const next = takeChunk(bytes);
  assert.ok(![theirs.buffer, short.buffer].includes(next.buffer));
});

test('takeChunk() hands out longer memory for longer pieces, and none that is too short', () => {
  const [short, long] = [takeChunk(bytes), takeChunk(1_000_000)];
  giveBack(long);
  giveBack(short);
  assert.equal(takeChunk(bytes).buffer, short.buffer);
  assert.equal(takeChunk(1_000_000).buffer, long.buffer);
  assert.equal(takeChunk(3_000_000).length, 3_000_000);
});
