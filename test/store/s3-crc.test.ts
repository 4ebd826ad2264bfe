import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { type Crc, crcs } from '../../src/store/s3/sums/crc.ts';

// What the catalogue of sums says of nine digits, and what any division of the same bytes comes to.

const known: Readonly<Record<keyof typeof crcs, bigint>> = {
  crc32: 0xcbf43926n,
  crc32c: 0xe3069283n,
  crc64nvme: 0xae8b14860a799888n,
};

function sum(crc: Crc, ...chunks: readonly Uint8Array[]): bigint {
  const running = crc.start();
  for (const chunk of chunks) running.add(chunk);
  return running.value();
}

for (const [name, crc] of Object.entries(crcs)) {
  test(`${name} is what it is elsewhere, in any chunks and joined of any pieces`, () => {
    assert.equal(sum(crc, Buffer.from('123456789')), known[name as keyof typeof crcs]);
    assert.equal(sum(crc), 0n);
    const bytes = randomBytes(600_007);
    const whole = sum(crc, bytes);
    for (const at of [0, 1, 7, 8, 9, 15, 16, 17, 4096, 300_001, 600_006, 600_007]) {
      const [a, b] = [bytes.subarray(0, at), bytes.subarray(at)];
      assert.equal(sum(crc, a, b), whole);
      assert.equal(crc.joined(sum(crc, a), sum(crc, b), b.length), whole);
    }
  });
}
