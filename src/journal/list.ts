import * as fs from 'node:fs';
import { join } from 'node:path';
import { TransferError } from '../errors.ts';
import type { Failure } from '../report/events.ts';
import { faultIn, isDamage } from './file/fault.ts';
import { type RouteFiles, routeFiles, routesDir } from './file/files.ts';
import { holderOf } from './lock.ts';
import { readFailures, readPast, readPending } from './read-past.ts';
import { stateOnceLeft } from './runs.ts';
import type { PartRow, RunRow } from './types.ts';

/** A run as others see it: 'running' only while its process lives. */
export type ListedRun = RunRow & {
  readonly key: string; // of its route
  readonly pid: number | undefined; // of the process that runs it, where that is known
};

export type RunList = {
  readonly runs: readonly ListedRun[]; // the newest first
  readonly damaged: readonly string[]; // databases that could not be read; the next run sets them aside
};

/** All runs of all routes. Only reads, and waits for no lock. */
export function listRuns(stateDir: string): RunList {
  const dir = routesDir(stateDir);
  const runs: ListedRun[] = [];
  const damaged: string[] = [];
  for (const key of keysIn(dir)) {
    try {
      runs.push(...runsOf(routeFiles(dir, key), key));
    } catch (error) {
      if (!isDamage(dir, error)) throw faultIn(dir, error);
      damaged.push(join(dir, `${key}.db`));
    }
  }
  runs.sort((a, b) => b.startedMs - a.startedMs);
  return { runs, damaged };
}

/** The run with this id, or with the only id that begins so; undefined if there is none. Throws 'usage'. */
export function findRun(stateDir: string, start: string): ListedRun | undefined {
  const { runs } = listRuns(stateDir);
  const found = runs.filter(({ id }) => id.startsWith(start));
  const exact = found.filter(({ id }) => id === start);
  const [run, another] = exact.length > 0 ? exact : found;
  if (another === undefined) return run;
  const some = found.slice(0, 3).map(({ id }) => id);
  throw new TransferError('usage', `${found.length} runs begin with ${start}`, {
    hint: `give more of the id, as in ${some.join(', ')}`,
  });
}

/** What failed in a run, in the order it was told; of very many only the first. */
export function* failuresOf(
  stateDir: string,
  { key, id }: Pick<ListedRun, 'key' | 'id'>,
): Generator<Failure> {
  const dir = routesDir(stateDir);
  try {
    yield* readFailures(routeFiles(dir, key), id);
  } catch (error) {
    throw faultIn(dir, error);
  }
}

/** What is left to do on a route. */
export function* pendingOf(stateDir: string, key: string): Generator<PartRow> {
  const dir = routesDir(stateDir);
  try {
    yield* readPending(routeFiles(dir, key));
  } catch (error) {
    throw faultIn(dir, error);
  }
}

function keysIn(dir: string): string[] {
  try {
    const names = fs.readdirSync(dir);
    return names.flatMap((name) => /^([0-9a-f]{24})\.db$/.exec(name)?.[1] ?? []);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw faultIn(dir, error);
  }
}

function runsOf(files: RouteFiles, key: string): ListedRun[] {
  const runs = readPast(files)?.runs ?? [];
  const holder = runs.some(({ state }) => state === 'running') ? holderOf(files) : 'nobody';
  return runs.map((run) => {
    if (run.state !== 'running' || holder === 'nobody')
      return { ...run, state: stateOnceLeft(run), key, pid: undefined };
    if (holder === 'unnamed') return { ...run, key, pid: undefined };
    if (holder.run === run.id) return { ...run, key, pid: holder.pid };
    return { ...run, state: 'stopped', key, pid: undefined };
  });
}
