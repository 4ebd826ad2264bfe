import * as zlib from 'node:zlib';

const polynomial = 0xedb88320;
const few = 16 * 1024; // bytes, which are added up before node:zlib is loaded: that takes 2 ms
const table = Int32Array.from({ length: 256 }, (_, byte) => afterBits(byte));

/** The CRC32 of zip of all that went before, whose sum is `crc`, and these. */
export function crc32(bytes: string | Uint8Array, crc: number): number {
  if (bytes.length > few) return zlib.crc32(bytes, crc);
  const added = typeof bytes === 'string' ? Buffer.from(bytes) : bytes;
  let sum = ~crc;
  for (let at = 0; at < added.length; at++) sum = table[(sum ^ added[at]!) & 0xff]! ^ (sum >>> 8);
  return ~sum >>> 0;
}

function afterBits(byte: number): number {
  let sum = byte;
  for (let bit = 0; bit < 8; bit++) sum = sum & 1 ? (sum >>> 1) ^ polynomial : sum >>> 1;
  return sum;
}
