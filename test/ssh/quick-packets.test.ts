// Packets that are sealed here, opened again as the other side does.
import assert from 'node:assert/strict';
import { createDecipheriv } from 'node:crypto';
import { test } from 'node:test';
import type { Client } from 'ssh2';
import { quickPackets } from '../../src/ssh/quick-packets.ts';

const name = 'aes-128-gcm';
const key = Buffer.alloc(16, 1);
const first = Buffer.from('00112233fffffffffffffffe', 'hex'); // its counter is about to pass 2 ** 64

function cipherOf(sent: Buffer[]) {
  return {
    _encSSLName: name,
    _encKey: key,
    _encIV: Buffer.from(first),
    _onWrite: (bytes: Uint8Array) => sent.push(Buffer.from(bytes)),
    _dead: false,
    outSeqno: 0xffffffff,
    allocPacket: (_bytes: number): Buffer => assert.fail('the one of the library'),
    encrypt: (_packet: Buffer): void => assert.fail('the one of the library'),
  };
}

function opened(sent: Buffer, counter: bigint): Buffer {
  const iv = Buffer.from(first);
  iv.writeBigUInt64BE(BigInt.asUintN(64, iv.readBigUInt64BE(4) + counter), 4);
  const opening = createDecipheriv(name, key, iv);
  opening.setAAD(sent.subarray(0, 4));
  opening.setAuthTag(sent.subarray(-16));
  const plain = opening.update(sent.subarray(4, -16));
  opening.final();
  assert.equal(sent.readUInt32BE(0), plain.length);
  assert.equal(plain.length % 16, 0);
  assert.ok(plain[0]! >= 4);
  return plain.subarray(1, plain.length - plain[0]!);
}

test('quickPackets() seals packets of all lengths, each with the next counter', () => {
  const sent: Buffer[] = [];
  const cipher = cipherOf(sent);
  quickPackets({ _protocol: { _cipher: cipher } } as unknown as Client);
  const lengths = [20, 8 * 1024, 8 * 1024 + 7, 32 * 1024 + 9];
  for (const [i, bytes] of lengths.entries()) {
    const packet = cipher.allocPacket(bytes);
    packet.fill(i + 1, 5, 5 + bytes);
    cipher.encrypt(packet);
    assert.deepEqual(opened(Buffer.concat(sent.splice(0)), BigInt(i)), Buffer.alloc(bytes, i + 1));
  }
  assert.equal(cipher.outSeqno, lengths.length - 1);
});

test('quickPackets() leaves other ciphers as they are', () => {
  const cipher = { ...cipherOf([]), _encSSLName: undefined };
  const { encrypt } = cipher;
  quickPackets({ _protocol: { _cipher: cipher } } as unknown as Client);
  assert.equal(cipher.encrypt, encrypt);
});
