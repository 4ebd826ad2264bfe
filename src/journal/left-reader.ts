import { dirname } from 'node:path';
import { isDamage } from './file/fault.ts';
import { connect, type Db } from './file/sqlite.ts';
import { allLeft, leftQuery } from './tables/left-table.ts';
import type { LeftRow } from './types.ts';

/** Asks a route's database what was left at the destination, beside its Journal and in any thread. */
export type LeftReader = Disposable & {
  /**
   * All slices of a directory, in order; none if nothing is known of it, or what is known is damaged. What the Journal
   * was told since the reader was opened may be missing.
   */
  of(dir: bigint): readonly LeftRow[];
  /** It has all there is in memory, and the database is closed. */
  readonly holdsAll: boolean;
};

const fewBytes = 4 * 1024 * 1024; // of a database that is read at once

/** `path` is the Journal's `path`. */
export function openLeftReader(path: string): LeftReader {
  using owned = new DisposableStack();
  const db = owned.use(connect(path, { readonly: true, waitMs: 2000 }));
  const all = unlessDamaged(path, () => (isSmall(db) ? allLeft(db) : undefined), nothing);
  if (all) return { of: all, holdsAll: true, [Symbol.dispose]: () => undefined };
  const kept = owned.move();
  const get = unlessDamaged(path, () => leftQuery(db), nothing);
  return {
    of: (dir) => unlessDamaged(path, () => get(dir), []),
    holdsAll: false,
    [Symbol.dispose]: () => kept.dispose(),
  };
}

function nothing(): readonly LeftRow[] {
  return [];
}

function unlessDamaged<T>(path: string, ask: () => T, otherwise: T): T {
  try {
    return ask();
  } catch (error) {
    if (!isDamage(dirname(path), error)) throw error;
    return otherwise;
  }
}

function isSmall(db: Db): boolean {
  const size = 'SELECT page_count * page_size FROM pragma_page_count, pragma_page_size';
  return db.prepare<[], number>(size).pluck().get()! <= fewBytes;
}
