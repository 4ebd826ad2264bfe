import { damaged } from '../file/fault.ts';
import type { Db } from '../file/sqlite.ts';
import type { PartRow } from '../types.ts';
import { crcOf, exchange, minus, plus, type Sum, sumOf } from './crc.ts';

type Raw = [
  id: number,
  kind: PartRow['kind'],
  dir: Uint8Array,
  names: Uint8Array,
  detail: string,
  crc: number,
  ranges: Uint8Array | null,
  rangesCrc: number,
];

const columns = 'id, kind, dir, names, detail, crc, ranges, ranges_crc';

/** Parts that are left to do. What changes them takes the sum of all and returns the sum after it. */
export function partsTable(db: Db) {
  const { insert, remove, crcs, update, after, every, last, clear } = statementsOf(db);
  return {
    add(sum: Sum, part: PartRow): Sum {
      const { id, kind, dir, names, detail, ranges } = part;
      const crc = crcOfPart(part);
      const rangesCrc = crcOfRanges(id, ranges);
      insert.run(id, kind, dir, names, detail, crc, ranges, rangesCrc);
      return plus(sum, crc + rangesCrc);
    },
    /** A part that is not there was forgotten before. */
    forget(sum: Sum, id: number): Sum {
      const crc = remove.get(id);
      return crc === undefined ? sum : minus(sum, crc);
    },
    setRanges(sum: Sum, id: number, ranges: Uint8Array): Sum {
      const found = crcs.get(id);
      if (found === undefined) return sum;
      const [crc, before] = found;
      const now = crcOfRanges(id, ranges);
      update.run(ranges, now, id);
      return exchange(sum, crc + before, crc + now);
    },
    /** Some of them, in the order of their ids. */
    page: (from: { after: number; upTo: number }, limit: number) =>
      after.all(from.after, from.upTo, limit).map(partOf),
    /** The highest id; 0 where there is none. */
    lastId: () => last.get() ?? 0,
    clear: () => void clear.run(),
    /** Reads all of them; throws 'corrupt' if one is not what was written. */
    sum: () => sumOf(every.iterate(), crcOfRow),
  };
}

function statementsOf(db: Db) {
  const insert = db.prepare<Raw>(`INSERT INTO parts (${columns}) VALUES (?, ?, ?, ?, ?, ?, ?, ?)`);
  const remove = db
    .prepare<[number], number>('DELETE FROM parts WHERE id = ? RETURNING crc + ranges_crc')
    .pluck();
  const crcs = db.prepare<[number], [number, number]>('SELECT crc, ranges_crc FROM parts WHERE id = ?').raw();
  const update = db.prepare<[Uint8Array, number, number]>(
    'UPDATE parts SET ranges = ?, ranges_crc = ? WHERE id = ?',
  );
  const after = db
    .prepare<[number, number, number], Raw>(
      `SELECT ${columns} FROM parts WHERE id > ? AND id <= ? ORDER BY id LIMIT ?`,
    )
    .raw();
  const every = db.prepare<[], Raw>(`SELECT ${columns} FROM parts`).raw();
  const last = db.prepare<[], number | null>('SELECT max(id) FROM parts').pluck();
  const clear = db.prepare('DELETE FROM parts');
  return { insert, remove, crcs, update, after, every, last, clear };
}

function crcOfPart({ id, kind, dir, names, detail }: PartRow): number {
  return crcOf(`${id} ${kind}`, dir, names, detail);
}

function crcOfRanges(id: number, ranges: Uint8Array | null): number {
  return ranges === null ? 0 : crcOf(`${id}`, ranges);
}

function partOf(row: Raw): PartRow {
  crcOfRow(row);
  const [id, kind, dir, names, detail, , ranges] = row;
  return { id, kind, dir, names, detail, ranges };
}

/** Both checksums of a row, once they were found to be right. */
function crcOfRow([id, kind, dir, names, detail, crc, ranges, rangesCrc]: Raw): number {
  const right = crcOfPart({ id, kind, dir, names, detail, ranges }) === crc;
  if (right && crcOfRanges(id, ranges) === rangesCrc) return crc + rangesCrc;
  throw damaged('a part in it is not what was written');
}
