import assert from 'node:assert/strict';
import { test } from 'node:test';
import { packetRead, takePacket } from '../../src/work/packet-memory.ts';

test('takePacket() hands memory out again that was read, and to one at a time', () => {
  const [one, other] = [takePacket(), takePacket()];
  packetRead(one.bytes.subarray(5, 100));
  packetRead(one.bytes);
  packetRead(Buffer.alloc(100));
  const [again, third] = [takePacket(), takePacket()];
  assert.equal(again.bytes.buffer, one.bytes.buffer);
  assert.equal(again.at, one.at);
  assert.ok(![one, other].some(({ bytes }) => bytes.buffer === third.bytes.buffer));
});
