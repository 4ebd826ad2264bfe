import { emptyProfile } from '../profile/profile.ts';
import { emptyTally } from '../report/events.ts';
import { bootId } from './holder.ts';
import { emptySum } from './tables/crc.ts';
import type { Tables } from './tables/tables.ts';
import type { RunEnd, RunRow, RunState } from './types.ts';

/** States in which a run has something left to do. */
const resumable: ReadonlySet<RunState> = new Set<RunState>(['running', 'stopped', 'failed']);

export function isUnfinished({ state }: RunRow): boolean {
  return resumable.has(state);
}

export type RunStart = Pick<RunRow, 'id' | 'source' | 'dest' | 'settings' | 'predictedMs'>;

/** Begins a run. What was left of the one before is dropped: resumed later, that one walks again. */
export function beginRun(tables: Tables, start: RunStart): void {
  makeCurrent(tables, start.id);
  tables.runs.write({
    ...start,
    state: 'running',
    startedMs: Date.now(),
    endedMs: undefined,
    bootId: bootId(),
    tally: emptyTally(),
    profile: emptyProfile(),
    notices: {},
    walkEnded: false,
    failures: 0,
    elapsedMs: undefined,
    whyOff: undefined,
    expected: undefined,
  });
  for (const id of tables.runs.surplus()) dropRun(tables, id);
}

/** Begins again where this run was left; returns it as it was found. */
export function continueRun(tables: Tables, found: RunRow): RunRow {
  if (tables.route.read().current !== found.id) makeCurrent(tables, found.id);
  const run = tables.runs.find(found.id)!;
  tables.runs.write({ ...run, state: 'running', endedMs: undefined, bootId: bootId() });
  return run;
}

/** Ends the current run. Its Parts and links stay only if there is something to resume. */
export function finishRun(tables: Tables, id: string, end: RunEnd): void {
  const run: RunRow = { ...tables.runs.find(id)!, ...end, endedMs: Date.now() };
  tables.runs.write(run);
  if (!isUnfinished(run)) clearWork(tables, id);
}

export function dropRun(tables: Tables, id: string): void {
  if (tables.route.read().current === id) clearWork(tables, undefined);
  tables.failures.forget(id);
  tables.runs.remove(id);
}

/** The Parts and links are those of one run only: they go, and the walk of a run that needs them starts over. */
function makeCurrent(tables: Tables, id: string): void {
  const before = [tables.route.read().current, id].map((each) => each && tables.runs.find(each));
  for (const run of before) {
    if (run && isUnfinished(run)) tables.runs.write({ ...run, state: stateOnceLeft(run), walkEnded: false });
  }
  clearWork(tables, id);
}

function clearWork({ route, parts, links }: Tables, current: string | undefined): void {
  parts.clear();
  links.clear();
  route.write({ ...route.read(), current, parts: emptySum, links: emptySum });
}

/** A 'running' run whose process is gone has stopped. */
export function stateOnceLeft({ state }: RunRow): RunState {
  return state === 'running' ? 'stopped' : state;
}
