/** Splits what a stream gives into packets. Memory is bounded: a packet that says it is longer is 'corrupt'. */
import { takeChunk } from '../../work/chunks.ts';
import { corrupt } from './reader.ts';

/** What OpenSSH allows itself, and a little for what comes around the data. */
const longestPacket = 256 * 1024 + 1024;

const lengthBytes = 4;

/** Give it each chunk; it answers the packets that are whole now, without their lengths. */
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
  return (given) => {
    const chunk = rest.length > 0 ? Buffer.concat([rest, given]) : given;
    const packets: Buffer[] = [];
    let at = 0;
    rest = chunk.subarray(0, 0);
    if (begun) {
      at = fill(begun, chunk);
      if (have < begun.length) return [];
      packets.push(begun);
      begun = undefined;
    }
    for (;;) {
      const left = chunk.length - at;
      if (left < lengthBytes) {
        rest = chunk.subarray(at);
        return packets;
      }
      const start = at + lengthBytes;
      const end = start + lengthOf(chunk, at);
      if (end > chunk.length) {
        begin(end - start, chunk.subarray(start));
        return packets;
      }
      packets.push(chunk.subarray(start, end));
      at = end;
    }
  };
}

function lengthOf(bytes: Buffer, at: number): number {
  const length = bytes.readUInt32BE(at);
  if (length === 0 || length > longestPacket) throw corrupt(`a packet says it has ${length} bytes`);
  return length;
}
