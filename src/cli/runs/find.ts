import { TransferError } from '../../errors.ts';
import type { ListedRun } from '../../journal/list.ts';
import type { Places } from '../../location/location.ts';
import { typed } from '../../report/typed.ts';
import { scopeIn } from '../../run/scope.ts';
import type { stateDirs } from '../flags/state.ts';
import { placeAgain } from '../words/places.ts';

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

/** The newest run that can be continued, and that no later one has done the work of. Throws 'usage'. */
export async function newestUnfinished({
  stateDir,
  namedStateDir,
}: ReturnType<typeof stateDirs>): Promise<ListedRun> {
  const { listRuns } = await import('../../journal/list.ts');
  const { runs, damaged } = listRuns(stateDir);
  const isDone = (run: ListedRun, at: number) => runs.slice(0, at).some((later) => didWorkOf(later, run));
  const run = runs.find((run, at) => canContinue(run) && !isDone(run, at));
  if (run !== undefined) return run;
  const list = typed('runs', namedStateDir);
  throw new TransferError('usage', `no run in ${stateDir} is unfinished${damaged.length > 0 ? orLost : ''}`, {
    hint:
      damaged.length > 0 ? `start the transfer again; ${list} names what is damaged` : `${list} lists them`,
  });
}

const orLost = ', but what is kept of some is damaged';

function didWorkOf(later: ListedRun, run: ListedRun): boolean {
  if (later.key !== run.key || canContinue(later) || later.state === 'running') return false;
  return scopeIn(later.settings) === scopeIn(run.settings);
}

/** Whether it stopped before it had looked at everything; what runs now is left alone. */
export function canContinue({ state }: ListedRun): boolean {
  return state === 'stopped' || state === 'failed';
}

/** The places of a run, as the Journal kept them. */
export function placesOf({ source, dest }: ListedRun): Places {
  return { source: placeAgain(source), dest: placeAgain(dest) };
}
