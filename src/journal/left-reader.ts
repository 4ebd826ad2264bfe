import { dirname } from 'node:path';
import { isDamage } from './fault.ts';
import { leftQuery } from './left-table.ts';
import { connect } from './sqlite.ts';
import type { LeftRow } from './types.ts';

/** Asks a route's database what was left at the destination, beside its Journal and in any thread. */
export type LeftReader = Disposable & {
  /** All slices of a directory, in order; none if nothing is known of it, or what is known is damaged. */
  of(dir: bigint): readonly LeftRow[];
};

/** `path` is the Journal's `path`. */
export function openLeftReader(path: string): LeftReader {
  using owned = new DisposableStack();
  const get = leftQuery(owned.use(connect(path, { readonly: true, waitMs: 2000 })));
  const kept = owned.move();
  return {
    of(dir) {
      try {
        return get(dir);
      } catch (error) {
        if (isDamage(dirname(path), error)) return [];
        throw error;
      }
    },
    [Symbol.dispose]: () => kept.dispose(),
  };
}
