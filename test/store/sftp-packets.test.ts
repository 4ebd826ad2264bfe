import assert from 'node:assert/strict';
import { test } from 'node:test';
import {
  type Attributes,
  encodeAttributes,
  readAttributes,
} from '../../src/store/sftp/protocol/attributes.ts';
import { encode, raw } from '../../src/store/sftp/protocol/encode.ts';
import { Framer } from '../../src/store/sftp/protocol/framer.ts';
import { Reader } from '../../src/store/sftp/protocol/reader.ts';
import { takePacket } from '../../src/work/packet-memory.ts';
import { isKind } from './bodies.ts';
import { packetOf } from './far.ts';

test('encode() writes each field as SFTP has it, and Reader reads it back', () => {
  const bytes = encode(3, [7, 2n ** 40n, Buffer.from('caf\xe9', 'latin1'), raw(1, Buffer.from('x'))]);
  assert.equal(
    bytes.toString('hex'),
    '0000001e0300000007000001000000000000000004636166e90000000100000001' + '78',
  );
  const reader = new Reader(bytes.subarray(4));
  assert.equal(reader.byte(), 3);
  assert.equal(reader.number(), 7);
  assert.equal(reader.size(), 2 ** 40);
  assert.equal(reader.bytes().toString('latin1'), 'caf\xe9');
  assert.equal(reader.number(), 1);
  assert.equal(reader.isAtEnd, false);
  assert.equal(reader.bytes().toString(), 'x');
  assert.equal(reader.isAtEnd, true);
  assert.throws(() => reader.byte(), isKind('corrupt'));
});

test('Reader never reads past the end, whatever a length says', () => {
  for (const length of [6, 0x7fffffff, 0xffffffff]) {
    const reader = new Reader(Buffer.concat([raw(length).raw, Buffer.from('12345')]));
    assert.throws(() => reader.bytes(), isKind('corrupt'));
  }
});

const sets: readonly Partial<Attributes>[] = [
  {},
  { size: 2 ** 50 },
  { owner: { uid: 4_294_967_295, gid: 0 } },
  { mode: 0o104755 },
  { times: { atime: 1, mtime: 4_294_967_295 } },
  { size: 0, owner: { uid: 1, gid: 2 }, mode: 0, times: { atime: 0, mtime: 0 } },
];

for (const given of sets) {
  test(`attributes come back as they went: ${JSON.stringify(given)}`, () => {
    const reader = new Reader(Buffer.from(encodeAttributes(given).raw));
    const none = { size: undefined, owner: undefined, mode: undefined, times: undefined };
    assert.deepEqual(readAttributes(reader), { ...none, ...given });
    assert.ok(reader.isAtEnd);
  });
}

test('attributes that nobody knows are passed over', () => {
  const text = (name: string) => Buffer.from(name);
  const fields = raw(0x80000001, 5n, 2, text('a@b'), text('1'), text('c@d'), text(''), 99);
  const reader = new Reader(Buffer.from(fields.raw));
  assert.equal(readAttributes(reader).size, 5);
  assert.equal(reader.number(), 99);
});

test('a framer gives the same packets however the stream is cut', () => {
  const contents = [1, 2, 3, 1000, 65_536, 262_144, 5].map((length, i) => Buffer.alloc(length, i + 1));
  const stream = Buffer.concat(contents.map(packetOf));
  for (const bytes of [1, 2, 3, 5, 1023, 65_536, 100_003, stream.length]) {
    const framer = new Framer();
    const packets: Buffer[] = [];
    for (let at = 0; at < stream.length; at += bytes)
      packets.push(...framer.take(stream.subarray(at, at + bytes)));
    assert.equal(packets.length, contents.length);
    assert.ok(packets.every((packet, i) => packet.equals(contents[i]!)));
  }
});

test('a framer gives memory back that holds none of its packets, and no other', () => {
  const contents = [20, 60_000, 10, 3_000, 40, 5_000, 200_000, 1, 70_000].map((length, i) =>
    Buffer.alloc(length, i + 1),
  );
  const stream = Buffer.concat(contents.map(packetOf));
  const framer = new Framer();
  const packets: Buffer[] = [];
  const used = new Set<ArrayBufferLike>();
  for (let at = 0; at < stream.length; at += 32_768) {
    const memory = takePacket().bytes;
    used.add(memory.buffer);
    packets.push(...framer.take(memory.subarray(0, stream.copy(memory, 0, at, at + 32_768))));
  }
  assert.ok(packets.every((packet, i) => packet.equals(contents[i]!)));
  assert.ok(used.size < stream.length / 32_768 / 2, `${used.size} of them`);
});

test('a framer takes no packet that is longer than SFTP has them', () => {
  for (const length of [0, 300_000, 0xffffffff]) {
    const framer = new Framer();
    assert.throws(() => framer.take(Buffer.from(raw(length).raw)), isKind('corrupt'));
  }
});
