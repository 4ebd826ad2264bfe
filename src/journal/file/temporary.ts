import { type Tables, tablesOf } from '../tables/tables.ts';
import { fill } from './create.ts';
import { configured, type Session } from './session.ts';
import { connect, inOne } from './sqlite.ts';

/** Tables as a fresh Journal has them, in memory or in a nameless file if they grow, gone when disposed of. */
export function openTemporary(): { readonly tables: Tables } & Pick<Session, 'write'> & Disposable {
  using owned = new DisposableStack();
  const db = configured(owned.use(connect('', { readonly: false, waitMs: 0 })));
  fill(db);
  const tables = tablesOf(db);
  const kept = owned.move();
  return { tables, write: (change) => inOne(db, change), [Symbol.dispose]: () => kept.dispose() };
}
