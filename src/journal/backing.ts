import { TransferError } from '../errors.ts';
import type { Opened } from './file/database.ts';
import { faultIn, isDamage } from './file/fault.ts';
import type { RouteFiles } from './file/files.ts';
import { setAside } from './file/set-aside.ts';
import type { RouteLock } from './lock.ts';
import type { Tables } from './tables/tables.ts';
import type { LeftRow } from './types.ts';

/** Which route it is: its key, and both ends as a person may see them. */
export type RouteNames = { readonly key: string; readonly source: string; readonly dest: string };

/** What a Journal stands on: a database that is its own until it is disposed of. */
export type Backing = Disposable & {
  readonly tables: Tables;
  readonly dir: string;
  readonly route: RouteNames;
  readonly path: string | undefined;
  readonly rescued: string | undefined;
  readonly leftOf: (dir: bigint) => readonly LeftRow[];
  /** Tells others which run holds the route. */
  name(run: string): void;
  /** Keeps the change durably, or none of it. */
  write<T>(change: () => T): T;
  /** Moves the database out of the way, because it is damaged; returns its new name. Nothing can follow. */
  condemn(): string;
};

type Held = { readonly files: RouteFiles; readonly lock: RouteLock; readonly route: RouteNames };

/** That of a run: the route's database, under the route's lock. */
export function heldBacking({ session, tables, rescued }: Opened, { files, lock, route }: Held): Backing {
  const owned = new DisposableStack();
  owned.use(lock);
  owned.use(session);
  return {
    tables,
    dir: files.dir,
    route,
    path: files.db,
    rescued,
    leftOf: tables.left.of,
    name: lock.name,
    write: session.write,
    condemn() {
      session.abandon();
      return setAside(files.db);
    },
    [Symbol.dispose]: () => owned.dispose(),
  };
}

/** Runs `work`, so that whatever it throws is a TransferError, and damage is set aside at once. */
export function guarded<T>(backing: Backing, work: () => T): T {
  try {
    return work();
  } catch (error) {
    if (!isDamage(backing.dir, error)) throw faultIn(backing.dir, error);
    const message = `the Journal in ${backing.dir} was damaged in use: ${(error as Error).message}`;
    const hint = `it is kept as ${backing.condemn()}; run it again: the destination is then looked at afresh`;
    throw new TransferError('corrupt', message, { cause: error, hint });
  }
}
