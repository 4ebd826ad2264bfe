/**
 * The library makes new memory for each packet that it encrypts, and asks for random bytes to pad it with. With AES-GCM,
 * which is the quickest cipher here, that is a good part of what a packet costs; here large ones share theirs.
 */
import { createCipheriv, createSecretKey, randomFillSync } from 'node:crypto';
import type { Client } from 'ssh2';

/** What the library has once keys were agreed on, as far as it is used here. */
type Cipher = {
  readonly _encSSLName?: 'aes-128-gcm' | 'aes-256-gcm';
  readonly _encKey: Buffer;
  readonly _encIV: Buffer;
  readonly _onWrite: (bytes: Uint8Array) => void;
  _dead: boolean;
  outSeqno: number;
  allocPacket: (payloadBytes: number) => Buffer;
  encrypt: (packet: Buffer) => void;
};

const largeBytes = 8 * 1024; // what is smaller may be kept for a while before it is sent
const mostBytes = 64 * 1024;
const lengthBytes = 4;
const blockBytes = 16;
const leastPadding = 4;

const memory = Buffer.allocUnsafeSlow(mostBytes); // of the one packet that is filled and encrypted now
const padding = randomFillSync(Buffer.allocUnsafeSlow(blockBytes + leastPadding));

/** To be called each time that keys were agreed on. Other ciphers stay as they are. */
export function quickPackets(client: Client): void {
  const { _cipher: cipher } = (client as unknown as { readonly _protocol: { readonly _cipher: Cipher } })
    ._protocol;
  const { _encSSLName: name, _encKey, _encIV: iv } = cipher;
  if (name !== 'aes-128-gcm' && name !== 'aes-256-gcm') return;
  const key = createSecretKey(_encKey);
  cipher.allocPacket = (payloadBytes) => {
    const isShared = payloadBytes >= largeBytes && payloadBytes <= mostBytes - 64;
    return bare(payloadBytes, isShared);
  };
  cipher.encrypt = (packet) => {
    if (cipher._dead) return;
    const sealing = createCipheriv(name, key, iv);
    const length = Buffer.from(packet.subarray(0, lengthBytes));
    sealing.setAAD(length);
    const sealed = sealing.update(packet.subarray(lengthBytes));
    sealing.final();
    for (const bytes of [length, sealed, sealing.getAuthTag()]) cipher._onWrite(bytes);
    count(iv);
    cipher.outSeqno = (cipher.outSeqno + 1) >>> 0;
  };
}

/** A packet without its payload: its length, and how many bytes it is padded with, and those. */
function bare(payloadBytes: number, isShared: boolean): Buffer {
  const before = 1 + payloadBytes;
  const rest = blockBytes - (before % blockBytes);
  const padded = rest < leastPadding ? rest + blockBytes : rest;
  const bytes = lengthBytes + before + padded;
  const packet = isShared ? memory.subarray(0, bytes) : Buffer.allocUnsafe(bytes);
  packet.writeUInt32BE(before + padded, 0);
  packet[lengthBytes] = padded;
  packet.set(padding.subarray(0, padded), lengthBytes + before);
  return packet;
}

/** The counter is the last 8 bytes. */
function count(iv: Buffer): void {
  iv.writeBigUInt64BE(BigInt.asUintN(64, iv.readBigUInt64BE(4) + 1n), 4);
}
