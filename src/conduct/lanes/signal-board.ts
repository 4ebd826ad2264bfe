/** What lanes and conductor see of each other in one thread: a stop, who is idle, what moved. */
import type { Board } from './lanes.ts';

export type SignalBoard = Board & {
  /** for every call that may take long; its reason says no more than that the run stops */
  readonly signal: AbortSignal;
  /** lanes that have a job */
  busy: number;
  count(bytes: number, entries: number): void;
  /** One entry of a place that answers failed: whether others may do better, as not so many failed since bytes moved or one arrived. */
  bears(): boolean;
  /** An entry is there now, also one of which no bytes came through here. */
  arrived(): void;
};

const mostInARow = 10;

export function createBoard(): SignalBoard {
  const stopper = new AbortController();
  const moved = { bytes: 0, entries: 0 };
  const failed = { inARow: 0, atBytes: 0 };
  return {
    idle: 0,
    busy: 0,
    signal: stopper.signal,
    get stopped() {
      return stopper.signal.aborted;
    },
    stop: () => stopper.abort('stopped'),
    totals: () => ({ ...moved }),
    count(bytes, entries) {
      moved.bytes += bytes;
      moved.entries += entries;
    },
    bears() {
      if (moved.bytes > failed.atBytes) failed.inARow = 0;
      failed.atBytes = moved.bytes;
      return ++failed.inARow < mostInARow;
    },
    arrived() {
      failed.inARow = 0;
    },
  };
}
