// Packets that are sealed here, opened again as the other side does.
import assert from 'node:assert/strict';
import { createDecipheriv } from 'node:crypto';
import { Duplex } from 'node:stream';
import { test } from 'node:test';
import type { Client } from 'ssh2';
import { Gathered } from '../../src/ssh/quick/gathered.ts';
import { quickPackets } from '../../src/ssh/quick/quick-packets.ts';

const name = 'aes-128-gcm';
const key = Buffer.alloc(16, 1);
const first = Buffer.from('00112233fffffffffffffffe', 'hex'); // its counter is about to pass 2 ** 64

/** Of ours, and a line that takes what is written when it is told to. */
function cipherOf() {
  return {
    _encSSLName: name,
    _encKey: key,
    _encIV: Buffer.from(first),
    _dead: false,
    outSeqno: 0xffffffff,
    allocPacket: (_bytes: number): Buffer => assert.fail('the one of the library'),
    encrypt: (_packet: Buffer): void => assert.fail('the one of the library'),
    free() {
      this._dead = true;
    },
  };
}

function lineOf() {
  const taken: { readonly bytes: Buffer; readonly done: () => void }[] = [];
  const write = (bytes: Buffer, _encoding: string, done: () => void) => void taken.push({ bytes, done });
  return { taken, line: new Duplex({ write, writableHighWaterMark: 1, read: () => undefined }) };
}

function quicken(cipher: object, line: Duplex): void {
  quickPackets({ _protocol: { _cipher: cipher } } as unknown as Client, new Gathered(line));
}

function seal(cipher: ReturnType<typeof cipherOf>, bytes: number, value: number): void {
  const packet = cipher.allocPacket(bytes);
  packet.fill(value, 5, 5 + bytes);
  cipher.encrypt(packet);
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

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

test('quickPackets() seals packets of all lengths, each with the next counter', async () => {
  const cipher = cipherOf();
  const { taken, line } = lineOf();
  quicken(cipher, line);
  const lengths = [20, 8 * 1024, 8 * 1024 + 7, 32 * 1024 + 9, 64 * 1024];
  for (const [i, bytes] of lengths.entries()) {
    seal(cipher, bytes, i + 1);
    await turn();
    const { bytes: sent, done } = taken.pop()!;
    assert.deepEqual(opened(sent, BigInt(i)), Buffer.alloc(bytes, i + 1));
    done();
  }
  assert.equal(cipher.outSeqno, lengths.length - 1);
});

test('quickPackets() sends what is sealed in one turn at once, and in its order with what others write', async () => {
  const cipher = cipherOf();
  const { taken, line } = lineOf();
  quicken(cipher, line);
  for (const value of [1, 2]) seal(cipher, 20, value);
  line.write('other');
  seal(cipher, 20, 3);
  line.end('last');
  const sent: Buffer[] = [];
  for (await turn(); taken.length > 0; await turn()) {
    sent.push(Buffer.from(taken[0]!.bytes));
    taken.shift()!.done();
  }
  const [both, other, third, last] = sent;
  assert.equal(both!.length, 2 * third!.length);
  assert.deepEqual(opened(third!, 2n), Buffer.alloc(20, 3));
  assert.deepEqual([String(other), String(last)], ['other', 'last']);
});

test('quickPackets() uses no memory again that the system has not taken', async () => {
  const cipher = cipherOf();
  const { taken, line } = lineOf();
  quicken(cipher, line);
  const count = 40; // more than a block holds
  for (let i = 0; i < count; i++) seal(cipher, 32 * 1024, i);
  const sent: Buffer[] = [];
  for (await turn(); taken.length > 0; await turn()) {
    const { bytes, done } = taken.shift()!;
    sent.push(Buffer.from(bytes));
    done();
    if (sent.length < 8) seal(cipher, 32 * 1024, count + sent.length - 1);
  }
  const whole = Buffer.concat(sent);
  const each = 4 + 1 + 32 * 1024 + 15 + 16;
  assert.equal(whole.length, each * (count + 7));
  for (let i = 0; i < count + 7; i++)
    assert.deepEqual(opened(whole.subarray(i * each, (i + 1) * each), BigInt(i)), Buffer.alloc(32 * 1024, i));
});

test('quickPackets() seals nothing once the library is done with the key', async () => {
  const cipher = cipherOf();
  const { taken, line } = lineOf();
  quicken(cipher, line);
  const packet = cipher.allocPacket(20);
  cipher.free();
  cipher.encrypt(packet);
  await turn();
  assert.deepEqual(taken, []);
});

test('quickPackets() leaves other ciphers as they are', () => {
  const cipher = { ...cipherOf(), _encSSLName: undefined };
  const { encrypt } = cipher;
  quicken(cipher, lineOf().line);
  assert.equal(cipher.encrypt, encrypt);
});
