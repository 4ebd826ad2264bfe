import { TransferError } from '../../errors.ts';
import type { ListedRun } from '../../journal/list.ts';
import { parseLocation } from '../../location/parse.ts';
import type { Route } from '../places.ts';

/** The run with this id, or the only one whose id begins so. Throws 'usage'. */
export async function runCalled(stateDir: string, start: string): Promise<ListedRun> {
  const { findRun, listRuns } = await import('../../journal/list.ts');
  const run = findRun(stateDir, start);
  if (run !== undefined) return run;
  const { nearest } = await import('../../report/nearest.ts');
  const ids = listRuns(stateDir).runs.map(({ id }) => id);
  throw new TransferError('usage', `there is no run ${start}`, {
    hint: nearest(start, ids) ?? (ids.length > 0 ? `the newest is ${ids[0]}` : `none is kept in ${stateDir}`),
  });
}

/** The newest run that can be continued. Throws 'usage'. */
export async function newestUnfinished(stateDir: string): Promise<ListedRun> {
  const { listRuns } = await import('../../journal/list.ts');
  const run = listRuns(stateDir).runs.find(canContinue);
  if (run !== undefined) return run;
  throw new TransferError('usage', `no run in ${stateDir} is unfinished`, {
    hint: 'difpipe runs lists them',
  });
}

/** Whether it stopped before it had looked at everything; what runs now is left alone. */
export function canContinue({ state }: ListedRun): boolean {
  return state === 'stopped' || state === 'failed';
}

/** The places of a run, as the Journal kept them. */
export function routeOf({ source, dest }: ListedRun): Route {
  return { source: parseLocation(source), dest: parseLocation(dest) };
}
