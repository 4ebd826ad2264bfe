/** Sums of bytes that services keep beside an object, of any number of chunks one after the other, and of their joint. */
import { createMachine, type Machine } from './crc-machine.ts';
import { crc32, quickCrc32c } from './quick.ts';

export type Running = { readonly add: (chunk: Uint8Array) => void; readonly value: () => bigint };

export type Crc = {
  readonly bytes: 4 | 8;
  readonly start: () => Running;
  /** The sum of a followed by b, of which b has so many bytes. */
  readonly joined: (a: bigint, b: bigint, bytes: number) => bigint;
};

const slowCrc32c = starter(32, 0x82f63b78n);

/** Of zip, of iSCSI, and of NVMe: reflected polynomials, begun and ended with all ones. */
export const crcs = {
  crc32: { bytes: 4, start: () => startBy(crc32), joined: joiner(32, 0xedb88320n) },
  crc32c: { bytes: 4, start: startIscsi, joined: joiner(32, 0x82f63b78n) },
  crc64nvme: {
    bytes: 8,
    start: starter(64, 0x9a6c9329ac4bc9b5n),
    joined: joiner(64, 0x9a6c9329ac4bc9b5n),
  },
} as const satisfies Record<string, Crc>;

function startIscsi(): Running {
  const add = quickCrc32c();
  return add ? startBy(add) : slowCrc32c();
}

function startBy(added: (chunk: Uint8Array, sum: number) => number): Running {
  let sum = 0;
  return {
    add: (chunk) => {
      sum = added(chunk, sum);
    },
    value: () => BigInt(sum),
  };
}

function starter(width: 32 | 64, polynomial: bigint): () => Running {
  const ones = BigInt.asUintN(width, -1n);
  let machine: Machine | undefined; // made when it is wanted
  return () => {
    machine ??= createMachine(polynomial);
    const run = machine;
    let sum = ones;
    return {
      add: (chunk) => {
        sum = run(sum, chunk);
      },
      value: () => BigInt.asUintN(width, sum) ^ ones,
    };
  };
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
