/** The end of a run: its outcome, its exit code, and how what it took compares with what was predicted. */
import { sitting } from '../conduct/score/score.ts';
import { exitCodes } from '../errors.ts';
import type { RunEnd } from '../journal/types.ts';
import { predictMs } from '../plan/cost.ts';
import { costOf } from '../plan/entrants.ts';
import { whyOff } from '../plan/surprise.ts';
import type { Summary } from '../report/events.ts';
import { begunThere } from './begun-there.ts';
import { asExpected } from './earlier-runs.ts';
import { commands, ending } from './ending.ts';
import { endInJournal, keptOf } from './keep-end.ts';
import { workDone } from './learn-from.ts';
import type { Ran } from './ran.ts';

/** Ends the run in the Journal and says what became of it. */
export function summarise(ran: Ran): Summary {
  const { ready, begun, request, score, elapsedMs } = ran;
  const { outcome, exitCode } = ending(ran);
  const { tally, profile, notices, compression, direct } = score;
  const foreseen = foreseenOf(ran, exitCode);
  const kept = keptOf(ran);
  const goesOn = !score.isComplete && !request.dryRun;
  endInJournal(ran, { state: outcome, ...foreseen }, kept);
  return {
    run: begun.run,
    outcome,
    exitCode,
    dryRun: request.dryRun,
    tally,
    keptTally: goesOn ? kept.tally : undefined,
    begun: goesOn ? begunThere(ready.journal.pendingParts()) : undefined,
    movedBytes: sitting(score).copiedBytes,
    verified: ran.compared?.found,
    notices,
    profile,
    compression,
    direct,
    elapsedMs,
    ...foreseen,
    journalMs: ready.journal.spentMs,
    ...commands(ran, outcome),
  };
}

/** What its work was to take, why it took another time, and what was expected before it looked. */
function foreseenOf(
  { ready, planned, expected, begun, request, score, elapsedMs }: Ran,
  exitCode: number,
): Pick<RunEnd, 'predictedMs' | 'whyOff' | 'expected'> {
  const work = workDone(sitting(score), ready.route);
  const { cost, basis } = costOf(planned.engine, ready.costs, ready.route);
  return {
    predictedMs: score.isComplete ? predictMs(cost, work) : undefined, // half of the work says nothing
    whyOff: exitCode === exitCodes.done && !request.dryRun ? whyOff(cost, basis, work, elapsedMs) : undefined,
    expected: begun.resumed || !expected ? undefined : asExpected(expected, planned.plan), // of the rest, and the tally is of all
  };
}
