import type { Failure } from '../report/events.ts';
import { damaged } from './file/fault.ts';
import { privateSize, type RouteFiles } from './file/files.ts';
import { connect, type Db } from './file/sqlite.ts';
import { eachFailure } from './tables/failures-table.ts';
import type { RouteState } from './tables/route-table.ts';
import { newest, versionOf } from './tables/schema.ts';
import { tablesOf } from './tables/tables.ts';
import type { PartRow, RunRow } from './types.ts';

/** What a route's database tells to one who only reads it: no lock, no change, beside a live run or not. */
export type Past = {
  readonly runs: readonly RunRow[];
  readonly route: Pick<RouteState, 'trustedRuns' | 'unsettled'>;
};

/** Undefined if there is no database. Throws 'corrupt', or SQLite's error, where it cannot be believed. */
export function readPast(files: RouteFiles): Past | undefined {
  if (privateSize(files.db) === undefined) return undefined;
  using db = connectKnown(files.db);
  const { runs, route } = tablesOf(db);
  const { trustedRuns, unsettled } = route.read();
  return { runs: runs.all(), route: { trustedRuns, unsettled } };
}

/** What failed in a run; throws as readPast does. */
export function* readFailures(files: RouteFiles, run: string): Generator<Failure> {
  if (privateSize(files.db) === undefined) return;
  using db = connectKnown(files.db);
  const { failures } = tablesOf(db);
  yield* eachFailure((after) => failures.page(run, after));
}

/** What is left to do, as it was last told; throws as readPast does. */
export function* readPending(files: RouteFiles): Generator<PartRow> {
  if (privateSize(files.db) === undefined) return;
  using db = connectKnown(files.db);
  const { parts } = tablesOf(db);
  const upTo = parts.lastId();
  for (let page = parts.page({ after: 0, upTo }, 1000); page.length > 0; ) {
    yield* page;
    page = parts.page({ after: page.at(-1)!.id, upTo }, 1000);
  }
}

function connectKnown(path: string): Db {
  using owned = new DisposableStack();
  const db = owned.use(connect(path, { readonly: true, waitMs: 2000 }));
  if (versionOf(db) !== newest) throw damaged('another difpipe wrote it');
  owned.move();
  return db;
}
