/** What is said of a run beside how far it is: that it begins and how, and what it does not see to. */
import type { Score } from '../conduct/score/score.ts';
import type { Journal } from '../journal/journal.ts';
import { formatLocation } from '../location/format.ts';
import type { Places } from '../location/location.ts';
import type { Plan } from '../plan/plan.ts';
import type { Event, Failure, Report } from '../report/events.ts';
import type { TransferRequest } from '../request.ts';
import { type Begun, begin } from './begin.ts';
import type { Ready } from './ready.ts';

type Beginning = { readonly ready: Ready; readonly request: TransferRequest; readonly plan: Plan };

/** Begins the run, and says so before anything else of it. Answers, too, what was remarked on the list of names. */
export async function beginAloud(
  { source, dest }: Places,
  { ready, request, plan }: Beginning,
  report: Report,
): Promise<Begun & { readonly remarks: readonly Event[] }> {
  const { way, journal } = ready;
  const remarks: Event[] = [];
  const begun = await begin(journal, request, { ...way.from, report: (event) => remarks.push(event) });
  report({
    type: 'started',
    run: begun.run,
    source: formatLocation(source),
    dest: formatLocation(dest),
    dryRun: request.dryRun,
    resumed: begun.resumed !== undefined,
  });
  for (const remark of remarks) report(remark);
  report({ type: 'planned', plan });
  if (way.isBlind) report(notLookedAt);
  if (way.unkept) report(notCarried(way.unkept));
  for (const failure of failedBefore(journal, begun)) report({ type: 'failed', failure });
  return { ...begun, remarks };
}

/** What the summary of a run that goes on counts, too, and nobody tries again in it. */
function failedBefore(journal: Journal, { run, resumed }: Begun): Iterable<Failure> {
  if (!resumed || resumed.tally.failed + resumed.tally.refused === 0) return [];
  return journal.failures(run);
}

const notLookedAt: Event = {
  type: 'warning',
  message: 'what is at a signed address cannot be compared: the file is sent, whatever is there',
  hint: undefined,
};

function notCarried(unkept: string): Event {
  return {
    type: 'warning',
    message: `${unkept} are not carried between these places`,
    hint: 'leave them out with --no-preserve to say that they do not matter',
  };
}

type Moved = {
  readonly ready: Ready;
  readonly begun: Begun;
  readonly request: TransferRequest;
  readonly score: Score;
};

/** Where a first run found something that looked the same: what it did not compare of it. */
export function sayNotCompared({ ready, begun, request, score }: Moved, report: Report): void {
  const isFirst = ready.way.comparesAttributes && !begun.hasPast && !request.checksum;
  if (!isFirst || score.tally.skipped + score.tally.repaired === 0) return;
  report({
    type: 'warning',
    message:
      'attributes and access control lists of what is otherwise the same are not compared by a first run',
    hint: 'later ones see what changed; --checksum and `difpipe verify` compare them all',
  });
}
