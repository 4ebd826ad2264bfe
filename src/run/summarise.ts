/** The end of a run: its outcome, its exit code, and what the Journal keeps of it. */

import { type Score, sitting } from '../conduct/score/score.ts';
import type { Control } from '../control.ts';
import { exitCodes } from '../errors.ts';
import type { Journal } from '../journal/journal.ts';
import type { RunEnd } from '../journal/types.ts';
import { predictMs } from '../plan/cost.ts';
import { type Costs, costOf } from '../plan/entrants.ts';
import type { EngineName } from '../plan/plan.ts';
import type { Route } from '../plan/route.ts';
import { whyOff } from '../plan/surprise.ts';
import type { Summary, Tally } from '../report/events.ts';
import type { TransferRequest } from '../request.ts';
import type { Compared } from '../verify.ts';
import type { Begun } from './begin.ts';
import { commands, ending } from './ending.ts';
import { workDone } from './learn-from.ts';
import { settle, settleMost } from './unsettled.ts';

export type Given = {
  readonly begun: Begun;
  readonly request: TransferRequest;
  readonly score: Score;
  readonly control: Control;
  readonly compared: Compared | undefined;
  readonly engine: EngineName;
  readonly route: Route;
  readonly costs: Costs;
  readonly elapsedMs: number;
  readonly journal: Journal;
  readonly expected: RunEnd['expected'];
};

/** Ends the run in the Journal and says what became of it. */
export function summarise(given: Given): Summary {
  const { begun, request, score, engine, costs, elapsedMs, journal } = given;
  const { outcome, exitCode } = ending(given);
  const { tally, profile, notices, compression, direct } = score;
  const now = sitting(score);
  const work = workDone(now, given.route);
  const { cost, basis } = costOf(engine, costs, given.route);
  const predictedMs = score.isComplete ? predictMs(cost, work) : undefined; // half of the work says nothing
  const why = exitCode === exitCodes.done ? whyOff(cost, basis, work, elapsedMs) : undefined;
  const expected = begun.resumed ? undefined : given.expected; // of the rest, and the tally is of all
  const kept = keptOf(given);
  endInJournal(given, { state: outcome, predictedMs, whyOff: why, expected }, kept);
  return {
    run: begun.run,
    outcome,
    exitCode,
    dryRun: request.dryRun,
    tally,
    keptTally: score.isComplete || request.dryRun ? undefined : kept.tally,
    movedBytes: now.copiedBytes,
    verified: given.compared?.found,
    notices,
    profile,
    compression,
    direct,
    elapsedMs,
    predictedMs,
    whyOff: why,
    expected,
    journalMs: journal.spentMs,
    ...commands(given, outcome),
  };
}

type Kept = Pick<RunEnd, 'tally' | 'profile' | 'notices'>;

/** Of a run that goes on later only what is durable counts: the rest is done again. */
function keptOf({ score, journal, begun }: Given): Kept {
  const told = journal.runs().find(({ id }) => id === begun.run);
  const { tally, profile, notices } = score.isComplete || !told ? score : told;
  return { tally, profile, notices };
}

function changesOf(tally: Tally | undefined): number {
  return tally ? tally.copied + tally.repaired + tally.linked + tally.made : 0;
}

function endInJournal(
  { score, elapsedMs, journal, request, begun }: Given,
  end: Pick<RunEnd, 'state' | 'predictedMs' | 'whyOff' | 'expected'>,
  kept: Kept,
): void {
  journal.atOnce(() => {
    if (score.isComplete) journal.trustedRuns = request.trustJournal ? (journal.trustedRuns + 1) % 10 : 0;
    const isSynced =
      request.durability !== 'none' && changesOf(score.tally) > changesOf(begun.resumed?.tally);
    if (end.state === 'done') settle(journal, request, isSynced);
    if (end.state === 'partial' && request.durability !== 'none') settleMost(journal, request, isSynced);
    journal.endRun({ ...end, ...kept, elapsedMs });
  });
}
