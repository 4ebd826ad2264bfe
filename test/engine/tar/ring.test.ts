import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { Giving, Taking } from '../../../src/engine/tar/trees/ring.ts';

test('a ring hands on all bytes in their order, also those that lie across its end', async () => {
  const giving = new Giving();
  const taking = new Taking(giving.memory, () => giving.wake());
  giving.begin(() => taking.wake());
  const pool = randomBytes(100_003);
  const chunks = Array.from({ length: 90 }, (_, i) => pool.subarray(i, pool.length - 501 * i));
  const give = async () => {
    for (const chunk of chunks) await giving.put(chunk, new AbortController().signal);
    taking.end();
  };
  const taken: Buffer[] = [];
  const take = async () => {
    for await (const piece of taking.pieces()) taken.push(Buffer.from(piece));
  };
  await Promise.all([give(), take()]);
  assert.ok(Buffer.concat(taken).equals(Buffer.concat(chunks)));
});
