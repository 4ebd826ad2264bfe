/** Splits what a stream gives into packets. Memory is bounded: a packet that says it is longer is 'corrupt'. */
import { takeChunk } from '../../../work/chunk-memory.ts';
import { packetRead } from '../../../work/packet-memory.ts';
import { corrupt } from './reader.ts';

/** What OpenSSH allows itself, and a little for what comes around the data. */
const longestPacket = 256 * 1024 + 1024;

const lengthBytes = 4;
const smallBytes = 2 * 1024; // costs less to copy than to keep what it came in

export class Framer {
  #begun: Buffer | undefined; // a packet that comes in pieces, as long as it will be
  #have = 0; // of it
  #rest: Buffer = Buffer.alloc(0); // less than says how long it is

  /** To be given each chunk, and to keep none; answers the packets that are whole now, without their lengths. */
  take(given: Buffer): Buffer[] {
    const chunk = this.#rest.length > 0 ? Buffer.concat([this.#rest, given]) : given;
    const packets: Buffer[] = [];
    const isHeld = this.#split(chunk, packets);
    if (chunk !== given || !isHeld) packetRead(given);
    return packets;
  }

  /** Puts the packets that are whole to the others; answers whether one of them lies in the chunk. */
  #split(chunk: Buffer, packets: Buffer[]): boolean {
    this.#rest = chunk.subarray(0, 0);
    const at = this.#begun ? this.#goOn(this.#begun, chunk, packets) : 0;
    return this.#begun ? false : this.#splitFrom(at, chunk, packets);
  }

  #splitFrom(from: number, chunk: Buffer, packets: Buffer[]): boolean {
    let at = from;
    let isHeld = false;
    for (;;) {
      const start = at + lengthBytes;
      if (start > chunk.length) {
        this.#rest = Buffer.from(chunk.subarray(at));
        return isHeld;
      }
      const end = start + lengthOf(chunk, at);
      if (end > chunk.length) {
        this.#begin(end - start, chunk.subarray(start));
        return isHeld;
      }
      const packet = chunk.subarray(start, end);
      const isSmall = packet.length < smallBytes;
      packets.push(isSmall ? Buffer.from(packet) : packet);
      isHeld ||= !isSmall;
      at = end;
    }
  }

  #begin(length: number, chunk: Buffer): void {
    this.#begun = takeChunk(length);
    this.#have = 0;
    this.#fill(this.#begun, chunk);
  }

  /** Answers how many bytes of the chunk were of what was begun. */
  #goOn(begun: Buffer, chunk: Buffer, packets: Buffer[]): number {
    const taken = this.#fill(begun, chunk);
    if (this.#have < begun.length) return taken;
    packets.push(begun);
    this.#begun = undefined;
    return taken;
  }

  #fill(packet: Buffer, chunk: Buffer): number {
    const taken = Math.min(packet.length - this.#have, chunk.length);
    chunk.copy(packet, this.#have, 0, taken);
    this.#have += taken;
    return taken;
  }
}

function lengthOf(bytes: Buffer, at: number): number {
  const length = bytes.readUInt32BE(at);
  if (length === 0 || length > longestPacket) throw corrupt(`a packet says it has ${length} bytes`);
  return length;
}
