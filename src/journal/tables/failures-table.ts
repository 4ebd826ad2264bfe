import type { Failure } from '../../report/events.ts';
import { damaged } from '../file/fault.ts';
import type { Db } from '../file/sqlite.ts';
import { crcOf } from './crc.ts';

/** How many failures are kept of one run; the others are only counted. */
export const failuresKept = 100_000;
const pageRows = 256;

const noHint = { hint: undefined };

type Told = { readonly number: number; readonly failure: Failure };
type Raw = [run: string, number: number, path: Uint8Array, body: string, crc: number];

export function failuresTable(db: Db) {
  const insert = db.prepare<Raw>(
    'INSERT INTO failures (run, number, path, body, crc) VALUES (?, ?, ?, ?, ?)',
  );
  const after = db
    .prepare<[string, number, number], Raw>(
      `SELECT run, number, path, body, crc FROM failures WHERE run = ? AND number > ? ORDER BY number LIMIT ?`,
    )
    .raw();
  const forget = db.prepare<[string]>('DELETE FROM failures WHERE run = ?');
  return {
    /** Keeps them after the `told` that came before, as far as there is room. */
    add(run: string, told: number, failures: readonly Failure[]): void {
      const room = Math.max(0, failuresKept - told);
      for (const [i, { path, ...words }] of failures.slice(0, room).entries()) {
        const body = JSON.stringify(words);
        insert.run(run, told + i, path, body, crcOf(`${run} ${told + i}`, path, body));
      }
    },
    /** Some of them, in the order they were told, after this number. */
    page: (run: string, number: number) => after.all(run, number, pageRows).map(failureOf),
    forget: (run: string) => void forget.run(run),
  };
}

/** All failures, a page at a time, each asked for by the number it comes after. */
export function* eachFailure(page: (after: number) => readonly Told[]): Generator<Failure> {
  let after = -1;
  for (;;) {
    const told = page(after);
    if (told.length === 0) return;
    for (const { failure } of told) yield failure;
    after = told.at(-1)!.number;
  }
}

function failureOf([run, number, path, body, crc]: Raw): {
  readonly number: number;
  readonly failure: Failure;
} {
  if (crcOf(`${run} ${number}`, path, body) !== crc) throw damaged('a failure in it is not what was written');
  return { number, failure: { ...noHint, ...(JSON.parse(body) as object), path } as Failure };
}
