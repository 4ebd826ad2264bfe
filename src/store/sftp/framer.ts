/** Splits what a stream gives into packets. Memory is bounded: a packet that says it is longer is 'corrupt'. */
import { corrupt } from './reader.ts';

/** What OpenSSH allows itself, and a little for what comes around the data. */
const longestPacket = 256 * 1024 + 1024;

/** Give it each chunk; it answers the packets that are whole now, without their lengths. */
export function createFramer(): (chunk: Buffer) => Buffer[] {
  let held: Buffer[] = [];
  let heldBytes = 0;
  return (chunk) => {
    if (held[0] && held[0].length < 4) held = [Buffer.concat([held[0], chunk])];
    else held.push(chunk);
    heldBytes += chunk.length;
    if (heldBytes < 4 || heldBytes < 4 + lengthOf(held[0]!, 0)) return [];
    const { packets, rest } = split(held.length === 1 ? held[0]! : Buffer.concat(held, heldBytes));
    held = rest.length > 0 ? [rest] : [];
    heldBytes = rest.length;
    return packets;
  };
}

function split(bytes: Buffer): { readonly packets: Buffer[]; readonly rest: Buffer } {
  const packets: Buffer[] = [];
  let at = 0;
  while (bytes.length - at >= 4) {
    const end = at + 4 + lengthOf(bytes, at);
    if (end > bytes.length) break;
    packets.push(bytes.subarray(at + 4, end));
    at = end;
  }
  return { packets, rest: bytes.subarray(at) };
}

function lengthOf(bytes: Buffer, at: number): number {
  const length = bytes.readUInt32BE(at);
  if (length === 0 || length > longestPacket) throw corrupt(`a packet says it has ${length} bytes`);
  return length;
}
