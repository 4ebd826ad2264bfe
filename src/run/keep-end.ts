/** What the Journal keeps of the end of a run. */
import type { RunEnd } from '../journal/types.ts';
import { changesOf } from './changes-of.ts';
import type { Ran } from './ran.ts';
import { settle, settleMost } from './unsettled.ts';

export type Kept = Pick<RunEnd, 'tally' | 'profile' | 'notices'>;

/** Of a run that goes on later only what is durable counts: the rest is done again. */
export function keptOf({ score, ready, begun }: Ran): Kept {
  const told = ready.journal.runs().find(({ id }) => id === begun.run);
  const { tally, profile, notices } = score.isComplete || !told ? score : told;
  return { tally, profile, notices };
}

export function endInJournal(
  { score, elapsedMs, ready, request, begun }: Ran,
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
