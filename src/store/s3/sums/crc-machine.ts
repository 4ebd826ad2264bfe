/**
 * The loop of a reflected sum in WebAssembly, sixteen bytes a turn by as many tables: three times as fast as the same in
 * JavaScript, which has no 64 bits. Its memory has the tables first, then room for bytes.
 */

/** What a sum becomes by the bytes that follow. */
export type Machine = (sum: bigint, bytes: Uint8Array) => bigint;

const turnBytes = 16;
const tableBytes = 256 * 8;
const roomAt = turnBytes * tableBytes;
const roomBytes = 256 * 1024;
const pageBytes = 64 * 1024;
const pages = Math.ceil((roomAt + roomBytes) / pageBytes);

export function createMachine(polynomial: bigint): Machine {
  const { Instance, Module } = WebAssembly;
  const { memory, run } = new Instance(new Module(program())).exports;
  new BigUint64Array(memory.buffer, 0, roomAt / 8).set(tablesOf(polynomial));
  const room = new Uint8Array(memory.buffer, roomAt, roomBytes);
  return (sum, bytes) => {
    for (let at = 0; at < bytes.length; at += roomBytes) {
      const piece = bytes.subarray(at, at + roomBytes);
      room.set(piece);
      sum = run(sum, roomAt, roomAt + piece.length);
    }
    return sum;
  };
}

type Exports = {
  readonly memory: { readonly buffer: ArrayBuffer };
  readonly run: (sum: bigint, at: number, end: number) => bigint;
};

/** As much of it as is used: the language's own types come with a browser's. */
const { WebAssembly } = globalThis as unknown as {
  readonly WebAssembly: {
    readonly Module: new (code: Uint8Array) => object;
    readonly Instance: new (module: object) => { readonly exports: Exports };
  };
};

/** What a byte becomes when so many others follow it. */
function tablesOf(polynomial: bigint): BigUint64Array {
  const all = new BigUint64Array(256 * turnBytes);
  for (let byte = 0; byte < 256; byte++) {
    let value = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
    all[byte] = value;
  }
  for (let at = 256; at < all.length; at++) {
    const before = all[at - 256]!;
    all[at] = (before >> 8n) ^ all[Number(before & 255n)]!;
  }
  return all;
}

const i32 = 0x7f;
const i64 = 0x7e;
const [sum, at, end, first, second] = [0, 1, 2, 3, 4]; // parameters, then locals
const get = (local: number) => [0x20, local];
const set = (local: number) => [0x21, local];
const int = (value: number) => [0x41, ...signed(value)];
const long = (value: number) => [0x42, ...signed(value)];
const load = (offset: number) => [0x29, 0, ...unsigned(offset)];
const [loadByte, add, and, shiftLeft] = [[0x31, 0, 0], [0x6a], [0x71], [0x74]];
const [xor, shiftRight, toInt, isAbove, isNotBelow] = [[0x85], [0x88], [0xa7], [0x4b], [0x4f]];
const [leaveIf, again] = [
  [0x0d, 1],
  [0x0c, 0],
];
const repeat = (...body: readonly number[][]) => [
  0x02,
  0x40,
  0x03,
  0x40,
  ...body.flat(),
  ...again,
  0x0b,
  0x0b,
];

/** Of a local, one byte by its table. */
function looked(local: number, byte: number, table: number): number[] {
  const shifted = [...get(local), ...(byte > 0 ? [...long(byte * 8), ...shiftRight] : [])];
  return [...shifted, ...toInt, ...int(255), ...and, ...int(3), ...shiftLeft, ...load(table * tableBytes)];
}

function program(): Uint8Array<ArrayBuffer> {
  const lookups = Array.from({ length: turnBytes }, (_, byte) => [
    ...looked(byte < 8 ? first : second, byte % 8, turnBytes - 1 - byte),
    ...(byte > 0 ? xor : []),
  ]);
  const forward = (bytes: number) => [...get(at), ...int(bytes), ...add];
  const turns = repeat(
    [...forward(turnBytes), ...get(end), ...isAbove, ...leaveIf],
    [...get(at), ...load(0), ...get(sum), ...xor, ...set(first)],
    [...get(at), ...load(8), ...set(second)],
    [...lookups.flat(), ...set(sum)],
    [...forward(turnBytes), ...set(at)],
  );
  const rest = repeat(
    [...get(at), ...get(end), ...isNotBelow, ...leaveIf],
    [...get(sum), ...get(at), ...loadByte, ...xor, ...set(first)],
    [...looked(first, 0, 0), ...get(sum), ...long(8), ...shiftRight, ...xor, ...set(sum)],
    [...forward(1), ...set(at)],
  );
  const code = [1, 2, i64, ...turns, ...rest, ...get(sum), 0x0b];
  return new Uint8Array([
    ...[0x00, 0x61, 0x73, 0x6d, 1, 0, 0, 0],
    ...section(1, [0x60, 3, i64, i32, i32, 1, i64]),
    ...section(3, [0]),
    ...section(5, [0, pages]),
    ...section(7, [...named('memory'), 2, 0], [...named('run'), 0, 0]),
    ...section(10, [...unsigned(code.length), ...code]),
  ]);
}

function section(kind: number, ...items: readonly number[][]): number[] {
  const content = [...unsigned(items.length), ...items.flat()];
  return [kind, ...unsigned(content.length), ...content];
}

function named(name: string): number[] {
  return [name.length, ...Buffer.from(name)];
}

function unsigned(value: number): number[] {
  return value < 128 ? [value] : [(value & 127) | 128, ...unsigned(value >> 7)];
}

function signed(value: number): number[] {
  return value < 64 ? [value] : [(value & 127) | 128, ...signed(value >> 7)];
}
