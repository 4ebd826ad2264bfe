/**
 * What comes in AES-GCM, opened where it is to lie: the library makes an object and new memory for each piece of a packet.
 * A large packet has memory of its own, which nobody else gets before who read it gives it back.
 */
import type { Client } from 'ssh2';
import { aesGcm, type GcmName, tagBytes } from '../../work/aes-gcm.ts';
import { takePacket } from '../../work/packet-memory.ts';
import type { Block } from '../../work/posix/memory.ts';
import { count, isGcm } from './quick-packets.ts';

/** What the library has once keys were agreed on, as far as it is used here. */
type Decipher = {
  readonly _decipherSSLName?: GcmName;
  readonly _decipherKey: Buffer;
  readonly _decipherIV: Buffer;
  readonly _onPayload: (payload: Buffer) => number | boolean | undefined;
  inSeqno: number;
  free: () => void;
  /** From `at` to `end` of what came; answers where it stopped because the payload wants another way to go on. */
  decrypt: (data: Buffer, at: number, end: number) => number | boolean | undefined;
};

const lengthBytes = 4;
const blockBytes = 16;
const mostBytes = 35_000; // as the library takes them
const smallBytes = 16 * 1024; // what is smaller is copied: it may be held for long

/** To be called each time that keys were agreed on. Other ciphers stay as they are, as do Nodes that hide theirs. */
export function quickOpening(client: Client): void {
  const { _decipher: decipher } = (
    client as unknown as { readonly _protocol: { readonly _decipher: Decipher } }
  )._protocol;
  const { _decipherSSLName: name, _decipherKey: key, _decipherIV: iv, free } = decipher;
  const gcm = isGcm(name) ? aesGcm('open', name, key) : undefined;
  if (!gcm) return;
  const coming = new Coming();
  let isOver = false;
  decipher.free = () => {
    isOver = true;
    free.call(decipher);
    gcm[Symbol.dispose]();
  };
  decipher.decrypt = (data, start, end) => {
    for (let at = start; at < end && !isOver; ) {
      at = coming.add(data, at, end);
      const packet = coming.whole();
      if (!packet) return undefined;
      const bytes = packet.bytes.length - lengthBytes - tagBytes;
      const opened = gcm.turn(iv, { at: packet.at + lengthBytes, bytes, openBytes: lengthBytes });
      if (!opened) throw new Error('a packet is not as it was sent');
      decipher.inSeqno = (decipher.inSeqno + 1) >>> 0;
      count(iv);
      const stopped = decipher._onPayload(payloadOf(packet.bytes, bytes));
      if (stopped !== undefined) return stopped === false ? at : stopped;
    }
    return undefined;
  };
}

function payloadOf(packet: Buffer, bytes: number): Buffer {
  const end = lengthBytes + bytes - packet[lengthBytes]!;
  const payload = packet.subarray(lengthBytes + 1, end);
  return packet.length < smallBytes ? Buffer.from(payload) : payload;
}

/** Packets as they come, each in one piece. */
class Coming {
  #memory = takePacket();
  #used = 0;

  /** Takes what belongs to the packet that comes; answers where the rest begins. */
  add(data: Buffer, at: number, end: number): number {
    const head = Math.min(end - at, Math.max(0, lengthBytes - this.#used));
    this.#put(data, at, head);
    const rest = Math.min(end - at - head, this.#missing());
    this.#put(data, at + head, rest);
    return at + head + rest;
  }

  /** The packet with its length and its tag, where all of it is there; a small one is good until the next call. */
  whole(): Block | undefined {
    if (this.#missing() > 0 || this.#used < lengthBytes) return undefined;
    const { bytes, at } = this.#memory;
    const packet = { bytes: bytes.subarray(0, this.#used), at };
    if (packet.bytes.length >= smallBytes) this.#memory = takePacket();
    this.#used = 0;
    return packet;
  }

  #missing(): number {
    if (this.#used < lengthBytes) return 0;
    const bytes = this.#memory.bytes.readUInt32BE(0);
    if (bytes + lengthBytes + tagBytes > mostBytes || bytes < blockBytes || bytes % blockBytes !== 0)
      throw new Error('bad packet length');
    return lengthBytes + bytes + tagBytes - this.#used;
  }

  #put(data: Buffer, at: number, bytes: number): void {
    data.copy(this.#memory.bytes, this.#used, at, at + bytes);
    this.#used += bytes;
  }
}
