import type { Bundle } from '../../profile/bundle.ts';
import { lanesThatFit } from '../../work/open-files.ts';
import type { Job, Outcome } from '../jobs.ts';
import type { Lanes, Told } from './lanes.ts';
import type { SignalBoard } from './signal-board.ts';

/** Does a job; `share` takes names of a very large directory while it goes on, `did` what was done in it. */
export type Perform = (
  job: Job,
  share: (parent: number, bundle: Bundle) => void,
  did: Told['did'],
) => Promise<Outcome>;

const mostLanes = 64;

/** Lanes in this thread: each has a job, and waits for stores most of the time. `open` makes the one of a number. */
export function asyncLanes(open: (number: number) => Perform, board: SignalBoard, told: Told): Lanes {
  const free: Perform[] = [];
  const underWay = new Set<Promise<void>>();
  const most = Math.min(mostLanes, lanesThatFit());
  let opened = 0;
  let wanted = 0;
  const lanes: Lanes = {
    get count() {
      return wanted;
    },
    get busy() {
      return underWay.size;
    },
    get idle() {
      return Math.max(0, wanted - underWay.size);
    },
    resize(count) {
      wanted = Math.max(1, Math.min(most, count));
    },
    give(job) {
      const perform = free.pop() ?? open(++opened);
      const running: Promise<void> = perform(job, told.shared, told.did).then(
        (outcome) => after(perform, running, () => told.ended(job, outcome)),
        (error: unknown) => after(perform, running, () => told.broken(error)),
      );
      underWay.add(running);
      count();
    },
    async end() {
      if (underWay.size > 0) board.stop();
      await Promise.all(underWay);
    },
  };
  const count = () => {
    board.idle = lanes.idle;
    board.busy = underWay.size;
  };
  const after = (perform: Perform, running: Promise<void>, tell: () => void) => {
    underWay.delete(running);
    free.push(perform);
    count();
    tell();
  };
  return lanes;
}
