/** Splits what a stream gives into packets. Memory is bounded: a packet that says it is longer is 'corrupt'. */
import { takeChunk } from '../../../work/chunk-memory.ts';
import { packetRead } from '../../../work/packet-memory.ts';
import { corrupt } from './reader.ts';

/** What OpenSSH allows itself, and a little for what comes around the data. */
const longestPacket = 256 * 1024 + 1024;

const lengthBytes = 4;
const smallBytes = 2 * 1024; // costs less to copy than to keep what it came in

/** Give it each chunk, and keep none; it answers the packets that are whole now, without their lengths. */
export function createFramer(): (chunk: Buffer) => Buffer[] {
  let begun: Buffer | undefined; // a packet that comes in pieces, as long as it will be
  let have = 0; // of it
  let rest: Buffer = Buffer.alloc(0); // less than says how long it is

  /** Answers how many bytes of the chunk it took. */
  const fill = (packet: Buffer, chunk: Buffer): number => {
    const taken = Math.min(packet.length - have, chunk.length);
    chunk.copy(packet, have, 0, taken);
    have += taken;
    return taken;
  };
  const begin = (length: number, chunk: Buffer) => {
    begun = takeChunk(length);
    have = 0;
    fill(begun, chunk);
  };
  /** Puts the packets that are whole to the others; answers whether one of them lies in the chunk. */
  const split = (chunk: Buffer, packets: Buffer[]): boolean => {
    let at = 0;
    let isHeld = false;
    rest = chunk.subarray(0, 0);
    if (begun) {
      at = fill(begun, chunk);
      if (have < begun.length) return false;
      packets.push(begun);
      begun = undefined;
    }
    for (;;) {
      const start = at + lengthBytes;
      if (start > chunk.length) {
        rest = Buffer.from(chunk.subarray(at));
        return isHeld;
      }
      const end = start + lengthOf(chunk, at);
      if (end > chunk.length) {
        begin(end - start, chunk.subarray(start));
        return isHeld;
      }
      const packet = chunk.subarray(start, end);
      const isSmall = packet.length < smallBytes;
      packets.push(isSmall ? Buffer.from(packet) : packet);
      isHeld ||= !isSmall;
      at = end;
    }
  };
  return (given) => {
    const chunk = rest.length > 0 ? Buffer.concat([rest, given]) : given;
    const packets: Buffer[] = [];
    const isHeld = split(chunk, packets);
    if (chunk !== given || !isHeld) packetRead(given);
    return packets;
  };
}

function lengthOf(bytes: Buffer, at: number): number {
  const length = bytes.readUInt32BE(at);
  if (length === 0 || length > longestPacket) throw corrupt(`a packet says it has ${length} bytes`);
  return length;
}
