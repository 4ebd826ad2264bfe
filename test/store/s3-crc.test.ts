import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import * as fs from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { test } from 'node:test';
import * as zlib from 'node:zlib';
import { type Crc, crcs } from '../../src/store/s3/sums/crc.ts';
import { crc32, quickCrc32c } from '../../src/store/s3/sums/quick.ts';
import { loadAdders } from '../../src/work/native.ts';

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

test('crc32() is what zlib says, of few bytes and of many, in memory of any kind', () => {
  let [ours, theirs] = [0, 0];
  const shared = new Uint8Array(new SharedArrayBuffer(1_000_003)).map((_, at) => at % 251);
  for (const length of [0, 1, 7, 4096, 4097, 65_536, 1_000_000]) {
    for (const bytes of [randomBytes(length), shared.subarray(3, 3 + length)]) {
      [ours, theirs] = [crc32(bytes, ours), zlib.crc32(Buffer.from(bytes), theirs)];
      assert.equal(ours, theirs, `${length} bytes`);
    }
  }
});

test('the addon is there, and does both', () => {
  const { crc32, crc32c } = loadAdders();
  const digits = Buffer.from('123456789');
  assert.deepEqual([crc32(digits, 0), crc32c(digits, 0)], [0xcbf43926, 0xe3069283]);
  assert.equal(quickCrc32c(), crc32c);
});

test('sums are the same where there is no addon', () => {
  const root = fs.mkdtempSync(join(tmpdir(), 'sums-'));
  try {
    fs.cpSync(join(import.meta.dirname, '../../src'), join(root, 'src'), { recursive: true });
    fs.writeFileSync(join(root, 'package.json'), '{"type": "module"}');
    const bytes = randomBytes(100_000);
    const script = `
      import { readFileSync } from 'node:fs';
      import { crcs } from './src/store/s3/sums/crc.ts';
      import { quickCrc32c } from './src/store/s3/sums/quick.ts';
      const bytes = readFileSync(0);
      const sums = Object.values(crcs).map((crc) => {
        const running = crc.start();
        running.add(bytes);
        return String(running.value());
      });
      console.log(JSON.stringify([typeof quickCrc32c(), ...sums]));`;
    const args = ['--input-type=module', '-e', script];
    const said = execFileSync(process.execPath, args, { cwd: root, input: bytes, encoding: 'utf8' });
    const here = Object.values(crcs).map((crc) => String(sum(crc, bytes)));
    assert.deepEqual(JSON.parse(said), ['undefined', ...here]);
  } finally {
    fs.rmSync(root, { recursive: true });
  }
});
