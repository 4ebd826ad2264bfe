/** The end of a run: its outcome, its exit code, and what the Journal keeps of it. */

import { type Score, sitting } from '../conduct/score/score.ts';
import type { Control } from '../control.ts';
import { exitCodes } from '../errors.ts';
import type { RunEnd } from '../journal/types.ts';
import { predictMs } from '../plan/cost.ts';
import { costOf } from '../plan/entrants.ts';
import type { Expected } from '../plan/expect.ts';
import { whyOff } from '../plan/surprise.ts';
import type { Summary, Tally } from '../report/events.ts';
import type { TransferRequest } from '../request.ts';
import type { Compared } from '../verify.ts';
import type { Begun } from './begin.ts';
import { asExpected } from './earlier-runs.ts';
import { commands, ending } from './ending.ts';
import { workDone } from './learn-from.ts';
import type { Planned } from './plan-for.ts';
import type { Ready } from './ready.ts';
import { settle, settleMost } from './unsettled.ts';

export type Given = {
  readonly ready: Ready;
  readonly planned: Planned;
  readonly expected: Expected | undefined;
  readonly begun: Begun;
  readonly request: TransferRequest;
  readonly score: Score;
  readonly control: Control;
  readonly compared: Compared | undefined;
  readonly elapsedMs: number;
};

/** Ends the run in the Journal and says what became of it. */
export function summarise(given: Given): Summary {
  const { ready, planned, begun, request, score, elapsedMs } = given;
  const { journal, route } = ready;
  const { outcome, exitCode } = ending(given);
  const { tally, profile, notices, compression, direct } = score;
  const now = sitting(score);
  const work = workDone(now, route);
  const { cost, basis } = costOf(planned.engine, ready.costs, route);
  const predictedMs = score.isComplete ? predictMs(cost, work) : undefined; // half of the work says nothing
  const why = exitCode === exitCodes.done ? whyOff(cost, basis, work, elapsedMs) : undefined;
  const expected = begun.resumed ? undefined : given.expected && asExpected(given.expected, planned.plan); // of the rest, and the tally is of all
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
function keptOf({ score, ready, begun }: Given): Kept {
  const told = ready.journal.runs().find(({ id }) => id === begun.run);
  const { tally, profile, notices } = score.isComplete || !told ? score : told;
  return { tally, profile, notices };
}

function changesOf(tally: Tally | undefined): number {
  return tally ? tally.copied + tally.repaired + tally.linked + tally.made : 0;
}

function endInJournal(
  { score, elapsedMs, ready, request, begun }: Given,
  end: Pick<RunEnd, 'state' | 'predictedMs' | 'whyOff' | 'expected'>,
  kept: Kept,
): void {
  const { journal } = ready;
  journal.atOnce(() => {
    if (score.isComplete) journal.trustedRuns = request.trustJournal ? (journal.trustedRuns + 1) % 10 : 0;
    const isSynced =
      request.durability !== 'none' && changesOf(score.tally) > changesOf(begun.resumed?.tally);
    if (end.state === 'done') settle(journal, request, isSynced);
    if (end.state === 'partial' && request.durability !== 'none') settleMost(journal, request, isSynced);
    journal.endRun({ ...end, ...kept, elapsedMs });
  });
}
