import { crc32 } from 'node:zlib';

/**
 * A checksum over one row, so that a flipped bit in it is noticed when it is read. `plain` holds the numbers
 * and short words of the row; lengths are framed, so no byte can move from one field to the next unseen.
 * NaN, which equals nothing, for a row so damaged that a field is not what its column holds.
 */
export function crcOf(plain: string, ...fields: readonly (string | Uint8Array)[]): number {
  let frame = plain;
  for (const field of fields) {
    if (!isField(field)) return Number.NaN;
    frame += ` ${field.length}`;
  }
  return fields.reduce<number>((crc, field) => crc32(field, crc), crc32(frame));
}

function isField(value: unknown): boolean {
  return typeof value === 'string' || value instanceof Uint8Array;
}

/**
 * How many rows a table holds and the sum of their checksums: kept in another row with every change, so that
 * a row that vanished, or came back from an older time, is noticed too.
 */
export type Sum = { readonly rows: number; readonly crcs: number };

export const emptySum: Sum = { rows: 0, crcs: 0 };

const wrap = 2 ** 48;

export function plus(sum: Sum, crc: number): Sum {
  return { rows: sum.rows + 1, crcs: (sum.crcs + crc) % wrap };
}

export function minus(sum: Sum, crc: number): Sum {
  return { rows: sum.rows - 1, crcs: (sum.crcs - crc + wrap) % wrap };
}

/** The sum of rows that are read one after the other. */
export function sumOf<Row>(rows: Iterable<Row>, crcOf: (row: Row) => number): Sum {
  let sum = emptySum;
  for (const row of rows) sum = plus(sum, crcOf(row));
  return sum;
}

export function exchange(sum: Sum, before: number, after: number): Sum {
  return plus(minus(sum, before), after);
}

export function equalSums(a: Sum, b: Sum): boolean {
  return a.rows === b.rows && a.crcs === b.crcs;
}
