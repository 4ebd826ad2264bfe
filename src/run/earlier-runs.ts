/** The runs of a route before this one that tell what it will find to do. */
import type { Journal } from '../journal/journal.ts';
import type { RunRow } from '../journal/types.ts';
import { entriesOf } from '../plan/counts.ts';
import { type Earlier, type Expected, expectedOf } from '../plan/expect.ts';
import type { Plan } from '../plan/plan.ts';
import type { Foreseen, Report } from '../report/events.ts';
import type { Selection, TransferRequest } from '../request.ts';
import type { Ready } from './ready.ts';
import { kindOfScope } from './scope.ts';

const over: readonly RunRow['state'][] = ['done', 'partial', 'different'];

/** Undefined where none of them saw all there is. */
export function expectedFor({ journal, route, way }: Ready, request: TransferRequest): Expected | undefined {
  const isResumed = request.resume !== undefined;
  return expectedOf(earlierRuns(journal, request), { route, isNew: way.isNew, isResumed });
}

/** While a run that begins anew walks, its progress says how many entries there were the last time. */
export function foretelling(
  report: Report,
  expected: Expected | undefined,
  request: TransferRequest,
): Report {
  if (!expected || request.resume !== undefined) return report;
  const expectedFiles = entriesOf(expected.counts);
  return (event) => {
    if (event.type !== 'progress' && event.type !== 'status') return report(event);
    report({ ...event, progress: { ...event.progress, expectedFiles } });
  };
}

/** To be compared with what there turned out to be. */
export function asExpected({ todo }: Expected, { predictedMs }: Plan): Foreseen | undefined {
  const moved = [todo.small, todo.large, todo.changed].filter((share) => share !== undefined);
  const sum = (of: 'files' | 'bytes') => moved.reduce((total, share) => total + share[of], 0);
  return predictedMs === undefined
    ? undefined
    : { ms: predictedMs, entries: sum('files'), bytes: sum('bytes') };
}

/** The one that goes on first, or else the newest; only those that were asked for the same entries. */
function earlierRuns(journal: Journal, request: TransferRequest): Earlier[] {
  const kind = kindOfScope(request);
  const runs = journal
    .runs()
    .filter(({ settings }) => kindOfScope(JSON.parse(settings) as Selection) === kind);
  const goesOn = runs.filter(({ id }) => id === request.resume);
  return [...goesOn, ...runs.filter(({ id }) => id !== request.resume)].map(
    ({ profile, tally, walkEnded, state, elapsedMs }) => ({
      counts: profile,
      doings: tally,
      walkEnded,
      isOver: over.includes(state),
      elapsedMs,
    }),
  );
}
