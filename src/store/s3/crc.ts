/** Sums of bytes that services keep beside an object, of any number of chunks one after the other, and of their joint. */
import { crc32 } from 'node:zlib';

export type Running = { readonly add: (chunk: Uint8Array) => void; readonly value: () => bigint };

export type Crc = {
  readonly bytes: 4 | 8;
  readonly start: () => Running;
  /** The sum of a followed by b, of which b has so many bytes. */
  readonly joined: (a: bigint, b: bigint, bytes: number) => bigint;
};

/** Of zip, of iSCSI, and of NVMe: reflected polynomials, begun and ended with all ones. */
export const crcs = {
  crc32: { bytes: 4, start: startZip, joined: joiner(32, 0xedb88320n) },
  crc32c: { bytes: 4, start: starter(32, 0x82f63b78n), joined: joiner(32, 0x82f63b78n) },
  crc64nvme: {
    bytes: 8,
    start: starter(64, 0x9a6c9329ac4bc9b5n),
    joined: joiner(64, 0x9a6c9329ac4bc9b5n),
  },
} as const satisfies Record<string, Crc>;

function startZip(): Running {
  let crc = 0;
  return {
    add: (chunk) => {
      crc = crc32(chunk, crc);
    },
    value: () => BigInt(crc),
  };
}

type Tables = { readonly low: Int32Array; readonly high: Int32Array };

function starter(width: 32 | 64, polynomial: bigint): () => Running {
  let tables: Tables | undefined; // made when they are wanted
  return () => {
    tables ??= tablesOf(polynomial);
    return width === 32 ? running32(tables.low) : running64(tables);
  };
}

/** Eight tables of 256: what a byte becomes when that many others follow it. */
function tablesOf(polynomial: bigint): Tables {
  const all: bigint[] = [];
  for (let byte = 0; byte < 256; byte++) {
    let value = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
    all.push(value);
  }
  for (let at = 256; at < 2048; at++) {
    const before = all[at - 256]!;
    all.push((before >> 8n) ^ all[Number(before & 255n)]!);
  }
  const half = (shift: bigint) => Int32Array.from(all, (value) => Number(BigInt.asIntN(32, value >> shift)));
  return { low: half(0n), high: half(32n) };
}

function running32(t: Int32Array): Running {
  let crc = -1;
  return {
    add(b) {
      let at = 0;
      for (const end = b.length - 7; at < end; at += 8) {
        const a = crc ^ word(b, at);
        const d = word(b, at + 4);
        crc =
          t[1792 + (a & 255)]! ^
          t[1536 + ((a >>> 8) & 255)]! ^
          t[1280 + ((a >>> 16) & 255)]! ^
          t[1024 + (a >>> 24)]! ^
          t[768 + (d & 255)]! ^
          t[512 + ((d >>> 8) & 255)]! ^
          t[256 + ((d >>> 16) & 255)]! ^
          t[d >>> 24]!;
      }
      for (; at < b.length; at++) crc = t[(crc ^ b[at]!) & 255]! ^ (crc >>> 8);
    },
    value: () => BigInt(~crc >>> 0),
  };
}

function running64({ low: l, high: h }: Tables): Running {
  let [low, high] = [-1, -1];
  return {
    add(b) {
      let at = 0;
      for (const end = b.length - 7; at < end; at += 8) {
        const a = low ^ word(b, at);
        const d = high ^ word(b, at + 4);
        const [a0, a1, a2, a3] = [
          1792 + (a & 255),
          1536 + ((a >>> 8) & 255),
          1280 + ((a >>> 16) & 255),
          1024 + (a >>> 24),
        ];
        const [d0, d1, d2, d3] = [
          768 + (d & 255),
          512 + ((d >>> 8) & 255),
          256 + ((d >>> 16) & 255),
          d >>> 24,
        ];
        low = l[a0]! ^ l[a1]! ^ l[a2]! ^ l[a3]! ^ l[d0]! ^ l[d1]! ^ l[d2]! ^ l[d3]!;
        high = h[a0]! ^ h[a1]! ^ h[a2]! ^ h[a3]! ^ h[d0]! ^ h[d1]! ^ h[d2]! ^ h[d3]!;
      }
      for (; at < b.length; at++) {
        const byte = (low ^ b[at]!) & 255;
        low = l[byte]! ^ ((low >>> 8) | (high << 24));
        high = h[byte]! ^ (high >>> 8);
      }
    },
    value: () => (BigInt(~high >>> 0) << 32n) | BigInt(~low >>> 0),
  };
}

function word(b: Uint8Array, at: number): number {
  return b[at]! | (b[at + 1]! << 8) | (b[at + 2]! << 16) | (b[at + 3]! << 24);
}

/** A sum times x to the power of all bits that follow it, modulo the polynomial. */
function joiner(width: 32 | 64, polynomial: bigint): Crc['joined'] {
  const one = 1n << BigInt(width - 1);
  const times = (a: bigint, b: bigint) => {
    let product = 0n;
    for (let bit = one; bit > 0n; bit >>= 1n) {
      if (a & bit) product ^= b;
      b = b & 1n ? (b >> 1n) ^ polynomial : b >> 1n;
    }
    return product;
  };
  const shift = (bytes: number) => {
    let power = one;
    let square = one >> 8n;
    for (let left = BigInt(bytes); left > 0n; left >>= 1n) {
      if (left & 1n) power = times(power, square);
      square = times(square, square);
    }
    return power;
  };
  let last = { bytes: 0, power: one }; // pieces are mostly of one length
  return (a, b, bytes) => {
    if (a === 0n) return b; // nothing comes before it, mostly
    if (bytes !== last.bytes) last = { bytes, power: shift(bytes) };
    return times(last.power, a) ^ b;
  };
}
