/** Reads the fields of one packet, in order. Throws 'corrupt' where it ends before a field does. */
import { TransferError } from '../../../errors.ts';

export class Reader {
  readonly #packet: Buffer;
  #at = 0;

  constructor(packet: Buffer) {
    this.#packet = packet;
  }

  byte(): number {
    return this.#packet.readUInt8(this.#pass(1));
  }

  number(): number {
    return this.#packet.readUInt32BE(this.#pass(4));
  }

  /** A uint64 that counts bytes, blocks or files; no such number is above 2^53. */
  size(): number {
    const size = this.long();
    if (size > BigInt(Number.MAX_SAFE_INTEGER)) throw corrupt('a size is not one');
    return Number(size);
  }

  long(): bigint {
    return this.#packet.readBigUInt64BE(this.#pass(8));
  }

  /** A part of the packet, not a copy. */
  bytes(): Buffer {
    const length = this.number();
    const start = this.#pass(length);
    return this.#packet.subarray(start, start + length);
  }

  get isAtEnd(): boolean {
    return this.#at === this.#packet.length;
  }

  #pass(bytes: number): number {
    const start = this.#at;
    if (start + bytes > this.#packet.length) throw corrupt('an answer is cut');
    this.#at = start + bytes;
    return start;
  }
}

/** The peer does not keep to the protocol, so nothing else it says is believed. */
export function corrupt(what: string): TransferError {
  return new TransferError('corrupt', `the SFTP server garbles its answers: ${what}`, {
    hint: 'something on the way changes them, or the server is broken or hostile',
  });
}
