/**
 * How many requests may be under way to one service: half as many when it says that it is too much, and slowly more
 * as long as it does not.
 */
import { createLine } from '../../../work/line.ts';

export type Throttle = {
  /** Waits for its turn, does it, and makes room for the next. */
  readonly during: <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;
  /** The service has enough. */
  readonly tooMuch: () => void;
};

const fewest = 2;
const wellBefore = 50; // answers before one more is tried
const pauseMs = 500; // complaints that come together are one

/** `tell` is told when there are fewer than usual, and when there are as many as usual again. */
export function createThrottle(most: number, tell: (limit: number) => void = () => undefined): Throttle {
  let limit = most;
  let inside = 0;
  let well = 0;
  let complainedMs = Number.NEGATIVE_INFINITY;
  const admit = () => {
    for (; inside < limit && line.first() !== undefined; inside++) line.admit();
  };
  const line = createLine(admit);
  return {
    async during(work, signal) {
      signal.throwIfAborted();
      if (inside < limit) inside++;
      else await line.wait(1, signal);
      try {
        return await work();
      } finally {
        inside--;
        if (++well >= wellBefore && limit < most) {
          well = 0;
          if (++limit === most) tell(limit);
        }
        admit();
      }
    },
    tooMuch() {
      well = 0;
      if (performance.now() - complainedMs < pauseMs) return;
      complainedMs = performance.now();
      const wasUsual = limit === most;
      limit = Math.max(fewest, Math.floor(limit / 2));
      if (wasUsual) tell(limit);
    },
  };
}
