/**
 * The library makes new memory for each packet that it encrypts, an object that encrypts it, and asks for random bytes
 * to pad it with. With AES-GCM, which is the quickest cipher here, that is most of what a packet costs; here packets
 * are sealed in the memory that they are sent from.
 */
import { randomFillSync } from 'node:crypto';
import type { Client } from 'ssh2';
import { aesGcm, type GcmName, tagBytes } from '../../work/aes-gcm.ts';
import type { Gathered, Room } from './gathered.ts';

/** What the library has once keys were agreed on, as far as it is used here. */
type Cipher = {
  readonly _encSSLName?: GcmName;
  readonly _encKey: Buffer;
  readonly _encIV: Buffer;
  _dead: boolean;
  outSeqno: number;
  allocPacket: (payloadBytes: number) => Buffer;
  encrypt: (packet: Buffer) => void;
  free: () => void;
};

const largeBytes = 8 * 1024; // what is smaller may be kept for a while before it is sent
const mostBytes = 64 * 1024;
const lengthBytes = 4;
const blockBytes = 16;
const leastPadding = 4;

const padding = randomFillSync(Buffer.allocUnsafeSlow(blockBytes + leastPadding));

/** To be called each time that keys were agreed on. Other ciphers stay as they are, as do Nodes that hide theirs. */
export function quickPackets(client: Client, gathered: Gathered): void {
  const { _cipher: cipher } = (client as unknown as { readonly _protocol: { readonly _cipher: Cipher } })
    ._protocol;
  const { _encSSLName: name, _encKey, _encIV: iv } = cipher;
  const gcm = isGcm(name) ? aesGcm('seal', name, _encKey) : undefined;
  if (!gcm) return;
  let room: Room | undefined; // of the large packet that is filled now
  const { free } = cipher;
  cipher.free = () => {
    free.call(cipher);
    gcm[Symbol.dispose]();
  };
  cipher.allocPacket = (payloadBytes) => {
    const bytes = paddedBytes(payloadBytes);
    const isLarge = payloadBytes >= largeBytes && payloadBytes <= mostBytes - 64;
    room = isLarge ? gathered.room(bytes + tagBytes) : undefined;
    return dressed(
      room ? room.block.bytes.subarray(room.at, room.at + bytes) : Buffer.allocUnsafe(bytes),
      payloadBytes,
    );
  };
  cipher.encrypt = (packet) => {
    if (cipher._dead) return;
    const isThere = room !== undefined && packet.buffer === room.block.bytes.buffer;
    const { block, at } = isThere ? room! : gathered.room(packet.length + tagBytes);
    if (!isThere) block.bytes.set(packet, at);
    const bytes = packet.length - lengthBytes;
    const sealed = gcm.turn(iv, { at: block.at + at + lengthBytes, bytes, openBytes: lengthBytes });
    if (!sealed) throw new Error('cannot seal a packet');
    gathered.add(packet.length + tagBytes);
    room = undefined;
    count(iv);
    cipher.outSeqno = (cipher.outSeqno + 1) >>> 0;
  };
}

/** Of a packet with its length, and what it is padded with. */
function paddedBytes(payloadBytes: number): number {
  const before = 1 + payloadBytes;
  const rest = blockBytes - (before % blockBytes);
  return lengthBytes + before + (rest < leastPadding ? rest + blockBytes : rest);
}

/** A packet without its payload: its length, and how many bytes it is padded with, and those. */
function dressed(packet: Buffer, payloadBytes: number): Buffer {
  const before = 1 + payloadBytes;
  const padded = packet.length - lengthBytes - before;
  packet.writeUInt32BE(packet.length - lengthBytes, 0);
  packet[lengthBytes] = padded;
  packet.set(padding.subarray(0, padded), lengthBytes + before);
  return packet;
}

/** The names by which OpenSSL knows what we prefer. */
export function isGcm(name: string | undefined): name is GcmName {
  return name === 'aes-128-gcm' || name === 'aes-256-gcm';
}

/** The counter is the last 8 bytes. */
export function count(iv: Buffer): void {
  iv.writeBigUInt64BE(BigInt.asUintN(64, iv.readBigUInt64BE(4) + 1n), 4);
}
