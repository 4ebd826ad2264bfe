import { dirname } from 'node:path';
import { isDamage } from './file/fault.ts';
import { connect, type Db } from './file/sqlite.ts';
import { allLeft, leftQuery } from './tables/left-table.ts';
import type { LeftRow } from './types.ts';

/** Asks a route's database what was left at the destination, beside its Journal and in any thread. */
export type LeftReader = Disposable & {
  /**
   * All slices of a directory, in order; none if nothing is known of it, or what is known is damaged. What the Journal
   * was told since the first question may be missing.
   */
  of(dir: bigint): readonly LeftRow[];
};

const fewBytes = 4 * 1024 * 1024; // of a database that is read at once

/** `path` is the Journal's `path`. */
export function openLeftReader(path: string): LeftReader {
  using owned = new DisposableStack();
  const db = owned.use(connect(path, { readonly: true, waitMs: 2000 }));
  const kept = owned.move();
  let get: ((dir: bigint) => readonly LeftRow[]) | undefined;
  return {
    of(dir) {
      try {
        get ??= isSmall(db) ? allLeft(db) : leftQuery(db);
        return get(dir);
      } catch (error) {
        if (!isDamage(dirname(path), error)) throw error;
        get ??= () => [];
        return [];
      }
    },
    [Symbol.dispose]: () => kept.dispose(),
  };
}

function isSmall(db: Db): boolean {
  const size = 'SELECT page_count * page_size FROM pragma_page_count, pragma_page_size';
  return db.prepare<[], number>(size).pluck().get()! <= fewBytes;
}
