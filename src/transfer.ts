/**
 * The whole program as one readable function.
 *
 *   1. look at both ends, refuse what is not safe
 *   2. take the route's Journal, which is also its lock
 *   3. choose the engine
 *   4. begin anew, or where the run was left
 *   5. let the engine work; again, if a barrier failed, from what is known to be durable
 *   6. compare, where that was asked for
 *   7. say what became of it, and remember it
 */

import { score as emptyScore, type Score, sitting } from './conduct/score/score.ts';
import type { Control } from './control.ts';
import { TransferError } from './errors.ts';
import { openDryJournal } from './journal/dry.ts';
import type { Journal } from './journal/journal.ts';
import { routeKey } from './journal/key.ts';
import { openJournal } from './journal/open.ts';
import { formatLocation } from './location/format.ts';
import type { Location } from './location/location.ts';
import { routeOver } from './plan/route.ts';
import type { Event, Failure, Report, Summary } from './report/events.ts';
import type { TransferRequest } from './request.ts';
import { type Begun, begin, failedIn } from './run/begin.ts';
import { asExpected, expectedFor, foretelling } from './run/earlier-runs.ts';
import { knownCosts } from './run/known-costs.ts';
import { learnFrom } from './run/learn-from.ts';
import { move } from './run/move.ts';
import { planFor } from './run/plan-for.ts';
import { summarise } from './run/summarise.ts';
import { type OpenStore, openStore } from './store/open.ts';
import type { Compared } from './verify.ts';
import { sayingWaits } from './way/waits.ts';
import { openWay, type Way } from './way/way.ts';

/** Moves `source` to `dest`; throws only where nothing was begun or the program itself cannot go on. */
export async function transfer(
  source: Location,
  dest: Location,
  request: TransferRequest,
  report: Report,
  control: Control,
  open: OpenStore = openStore,
): Promise<Summary> {
  const startMs = performance.now();
  if (request.verify) refuseReadingTwice(request);
  await using way = await openWay(
    source,
    dest,
    request,
    { open, waits: sayingWaits(report) },
    control.signal,
  );
  const route = routeOf(way, source, dest);
  using journal = request.dryRun
    ? openDryJournal(request.stateDir, route)
    : openJournal(request.stateDir, route);
  if (journal.rescued) report({ type: 'warning', message: journal.rescued, hint: undefined });
  const costs = knownCosts(request.stateDir, route.key);
  const over = routeOver(way.ends, request);
  const expected = expectedFor(journal, request, { route: over, isNew: way.isNew });
  const { engine, plan, sendsChanges } = planFor(request, over, costs, expected);
  const remarks: Event[] = []; // those on the list, which was read before anything is said to have begun
  const begun = await begin(journal, request, { ...way.from, report: (event) => remarks.push(event) });
  report({
    type: 'started',
    run: begun.run,
    source: route.source,
    dest: route.dest,
    dryRun: request.dryRun,
    resumed: begun.resumed !== undefined,
  });
  for (const remark of remarks) report(remark);
  report({ type: 'planned', plan });
  if (way.isBlind) report(notLookedAt);
  if (way.unkept) report(notCarried(way.unkept));
  for (const failure of failedBefore(journal, begun)) report({ type: 'failed', failure });
  const score = emptyScore(begun.resumed);
  const told = foretelling(report, expected, request);
  await move(
    { way, begun, journal, request, key: route.key, sendsChanges },
    { score, report: told, control },
  );
  const isFirst = way.comparesAttributes && !begun.hasPast && !request.checksum;
  if (isFirst && score.tally.skipped + score.tally.repaired > 0) report(notCompared);
  const anew = unsaid(remarks, report);
  const compared = await compare(source, dest, request, { way, journal, score, report: anew, control, open });
  const summary = summarise({
    begun,
    request,
    score,
    control,
    compared,
    engine,
    route: over,
    expected: expected && asExpected(expected, plan),
    costs,
    elapsedMs: performance.now() - startMs - control.askedMs,
    journal,
  });
  if (request.bytesPerSecond === undefined)
    learnFrom({ engine, summary, tally: sitting(score) }, costs, request.stateDir, {
      key: route.key,
      route: over,
    });
  report({ type: 'finished', summary });
  return summary;
}

/** Without what was said of the list already: it is read again to compare. */
function unsaid(remarks: readonly Event[], report: Report): Report {
  const said = new Set(remarks.map((remark) => remark.type === 'warning' && remark.message));
  return (event) => {
    if (event.type !== 'warning' || !said.has(event.message)) report(event);
  };
}

/** What the summary of a run that goes on counts, too, and nobody tries again in it. */
function failedBefore(journal: Journal, { run, resumed }: Begun): Iterable<Failure> {
  if (!resumed || resumed.tally.failed + resumed.tally.refused === 0) return [];
  return journal.failures(run);
}

const notCompared: Event = {
  type: 'warning',
  message:
    'attributes and access control lists of what is otherwise the same are not compared by a first run',
  hint: 'later ones see what changed; --checksum and `difpipe verify` compare them all',
};

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

type Comparing = {
  readonly way: Way;
  readonly journal: Journal;
  readonly score: Score;
  readonly report: Report;
  readonly control: Control;
  readonly open: OpenStore;
};

async function compare(
  source: Location,
  dest: Location,
  request: TransferRequest,
  { way, journal, score, report, control, open }: Comparing,
): Promise<Compared | undefined> {
  if (!request.verify || request.dryRun || !score.isComplete || score.full || score.barrierFailed)
    return undefined;
  const { lessLosses, verify } = await import('./verify.ts');
  const { xattrs, acls } = request.preserve;
  const { carries } = way;
  const carried = { ...request.preserve, xattrs: xattrs && carries.xattrs, acls: acls && carries.acls };
  const preserve = lessLosses(carried, score.notices);
  const wanted = { ...request, preserve, oneWay: true, checksum: true, failed: failedIn(journal, request) };
  return verify(source, dest, wanted, report, control, open);
}

function refuseReadingTwice({ filesFrom }: TransferRequest): void {
  if (filesFrom?.kind !== 'file' || filesFrom.path !== '-') return;
  throw new TransferError('usage', '--verify reads the list again, which standard input cannot give twice', {
    hint: 'put the list into a file',
  });
}

function routeOf({ ends }: Way, source: Location, dest: Location) {
  const key = routeKey(ends.source, ends.dest);
  return { key, source: formatLocation(source), dest: formatLocation(dest) };
}
