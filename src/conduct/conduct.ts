/**
 * The work of an engine with lanes: Parts are given to them, large files by ranges, and what is done is told to the
 * Journal after a barrier. It ends when nothing is left, or where it has to stop: what is left is in the Journal then.
 *
 *   1. what the Journal has is taken up
 *   2. the engine begins, and says which lanes there are to be
 *   3. the lanes work, until none of them has anything to do
 *   4. a last barrier; then the engine ends, and all is done if nobody stopped it
 */
import type { Conducting } from './conducting.ts';
import { Conductor } from './conductor.ts';
import { Crew } from './crew.ts';
import type { StartLanes } from './lanes/lanes.ts';
import type { Order, Telling } from './order.ts';

export type Conducted = Order &
  Omit<Conducting, 'report'> & {
    /** Does what comes before there are lanes, and says what they are; undefined: nothing is left for any. */
    readonly begin: (conductor: Conductor) => Promise<Begun | undefined>;
    /** Does what is left when all is told. Absent: nothing is. */
    readonly end?: () => Promise<void>;
  };

export type Begun = Pick<Order, 'lanes' | 'cores'> & { readonly start: StartLanes };

/** Adds to `score`; its `isComplete` says whether nothing is left. */
export async function conduct(work: Conducted, { score, report, control }: Telling): Promise<void> {
  const { board } = work;
  const conductor = new Conductor({ ...work, report }, score);
  const stop = () => board.stop();
  control.signal.addEventListener('abort', stop);
  if (control.signal.aborted) stop();
  try {
    const begun = await work.begin(conductor);
    if (begun) await new Crew({ ...begun, board, conductor, report, control }).run();
    await conductor.pass();
    await work.end?.();
    score.isComplete = !board.stopped;
  } finally {
    control.signal.removeEventListener('abort', stop);
  }
}
