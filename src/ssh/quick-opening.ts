/**
 * What comes in AES-GCM, opened where it is to lie: the library makes an object and new memory for each piece of a packet.
 * Large packets share memory, which nobody else gets: it lives as long as anything of theirs is held.
 */
import type { Client } from 'ssh2';
import { aesGcm, type GcmName, tagBytes } from '../work/aes-gcm.ts';
import { addressIn } from '../work/posix/memory.ts';
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
const sheetBytes = 128 * 1024;
const smallBytes = 4 * 1024; // what may be held for long has memory of its own

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
      const bytes = packet.length - lengthBytes - tagBytes;
      const opened = gcm.turn(iv, {
        at: addressIn(packet) + lengthBytes,
        bytes,
        openBytes: lengthBytes,
      });
      if (!opened) throw new Error('a packet is not as it was sent');
      decipher.inSeqno = (decipher.inSeqno + 1) >>> 0;
      count(iv);
      const stopped = decipher._onPayload(payloadOf(packet, bytes));
      if (stopped !== undefined) return stopped === false ? at : stopped;
    }
    return undefined;
  };
}

function payloadOf(packet: Buffer, bytes: number): Buffer {
  const end = lengthBytes + bytes - packet[lengthBytes]!;
  const payload = packet.subarray(lengthBytes + 1, end);
  return payload.length < smallBytes ? Buffer.from(payload) : payload;
}

/** Packets as they come, each in one piece. */
class Coming {
  #sheet = Buffer.allocUnsafeSlow(sheetBytes);
  #start = 0;
  #used = 0;

  /** Takes what belongs to the packet that comes; answers where the rest begins. */
  add(data: Buffer, at: number, end: number): number {
    const head = Math.min(end - at, Math.max(0, this.#start + lengthBytes - this.#used));
    this.#put(data, at, head);
    const rest = Math.min(end - at - head, this.#missing());
    this.#put(data, at + head, rest);
    return at + head + rest;
  }

  /** The packet with its length and its tag, where all of it is there; its memory is the caller's. */
  whole(): Buffer | undefined {
    if (this.#missing() > 0 || this.#used - this.#start < lengthBytes) return undefined;
    const packet = this.#sheet.subarray(this.#start, this.#used);
    if (packet.length < smallBytes) this.#used = this.#start; // it will be copied
    if (this.#sheet.length - this.#used < mostBytes + lengthBytes) this.#turn();
    this.#start = this.#used;
    return packet;
  }

  #missing(): number {
    if (this.#used - this.#start < lengthBytes) return 0;
    const bytes = this.#sheet.readUInt32BE(this.#start);
    if (bytes + lengthBytes + tagBytes > mostBytes || bytes < blockBytes || bytes % blockBytes !== 0)
      throw new Error('bad packet length');
    return this.#start + lengthBytes + bytes + tagBytes - this.#used;
  }

  #put(data: Buffer, at: number, bytes: number): void {
    data.copy(this.#sheet, this.#used, at, at + bytes);
    this.#used += bytes;
  }

  #turn(): void {
    this.#sheet = Buffer.allocUnsafeSlow(sheetBytes);
    this.#used = 0;
  }
}
