// Packets that are opened here, sealed as the other side does.
import assert from 'node:assert/strict';
import { createCipheriv } from 'node:crypto';
import { test } from 'node:test';
import type { Client } from 'ssh2';
import { quickOpening } from '../../src/ssh/quick/quick-opening.ts';

const name = 'aes-128-gcm';
const key = Buffer.alloc(16, 1);
const first = Buffer.from('00112233fffffffffffffffe', 'hex'); // its counter is about to pass 2 ** 64

function sealed(payload: Buffer, counter: number): Buffer {
  const iv = Buffer.from(first);
  iv.writeBigUInt64BE(BigInt.asUintN(64, iv.readBigUInt64BE(4) + BigInt(counter)), 4);
  const padded = 16 - ((1 + payload.length) % 16) + 16;
  const length = Buffer.alloc(4);
  length.writeUInt32BE(1 + payload.length + padded);
  const sealing = createCipheriv(name, key, iv);
  sealing.setAAD(length);
  const body = sealing.update(Buffer.concat([Buffer.from([padded]), payload, Buffer.alloc(padded)]));
  sealing.final();
  return Buffer.concat([length, body, sealing.getAuthTag()]);
}

/** `stop` is what the library answers to a payload. */
function decipherOf(stop: (payload: Buffer) => number | boolean | undefined = () => undefined) {
  const payloads: Buffer[] = [];
  const decipher = {
    _decipherSSLName: name,
    _decipherKey: key,
    _decipherIV: Buffer.from(first),
    _onPayload: (payload: Buffer) => {
      payloads.push(payload);
      return stop(payload);
    },
    inSeqno: 0xffffffff,
    free: () => undefined,
    decrypt: (_data: Buffer, _at: number, _end: number): number | boolean | undefined =>
      assert.fail('the one of the library'),
  };
  quickOpening({ _protocol: { _decipher: decipher } } as unknown as Client);
  return { decipher, payloads };
}

const lengths = [
  1,
  20,
  4090,
  5000,
  8 * 1024,
  34_900,
  32 * 1024 + 9,
  32 * 1024,
  7,
  32 * 1024,
  32 * 1024,
  3000,
];
const sent = lengths.map((bytes, i) => Buffer.alloc(bytes, i + 1));
const stream = Buffer.concat(sent.map(sealed));

for (const pieceBytes of [1, 3, 1000, 40_000, 256 * 1024])
  test(`quickOpening() opens packets that come in pieces of ${pieceBytes} bytes, and keeps what was opened`, () => {
    const { decipher, payloads } = decipherOf();
    const memory = Buffer.alloc(pieceBytes); // of all that comes
    for (let at = 0; at < stream.length; at += pieceBytes) {
      const bytes = stream.copy(memory, 0, at);
      assert.equal(decipher.decrypt(memory, 0, bytes), undefined);
    }
    assert.equal(payloads.length, sent.length);
    for (const [i, payload] of payloads.entries()) assert.ok(payload.equals(sent[i]!), `${lengths[i]} bytes`);
    assert.equal(decipher.inSeqno, lengths.length - 1);
  });

test('quickOpening() goes on where the library wants to', () => {
  const two = [sealed(Buffer.from('keys'), 0), sealed(Buffer.from('next'), 1)];
  const { decipher, payloads } = decipherOf(() => false);
  assert.equal(decipher.decrypt(Buffer.concat(two), 0, two[0]!.length + two[1]!.length), two[0]!.length);
  assert.deepEqual(payloads.map(String), ['keys']);
});

test('quickOpening() refuses what is not as it was sent', () => {
  const whole = sealed(Buffer.from('something'), 0);
  for (const at of [3, 4, 10, whole.length - 1]) {
    const { decipher, payloads } = decipherOf();
    const other = Buffer.from(whole);
    other[at] = other[at]! ^ (at === 3 ? 0x60 : 1); // a length that cannot be, else another bit
    if (at === 3) other[0] = 1;
    assert.throws(() => decipher.decrypt(other, 0, other.length), /bad packet length|not as it was sent/);
    assert.deepEqual(payloads, []);
  }
});
