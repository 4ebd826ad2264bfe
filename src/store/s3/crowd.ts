/**
 * How many requests may be under way to one service: half as many when it says that it is too much, and slowly more
 * as long as it does not.
 */
export type Crowd = {
  /** Waits for its turn, does it, and makes room for the next. */
  readonly during: <T>(work: () => Promise<T>, signal: AbortSignal) => Promise<T>;
  /** The service has enough. */
  readonly tooMuch: () => void;
};

const fewest = 2;
const wellBefore = 50; // answers before one more is tried
const pauseMs = 500; // complaints that come together are one

export function createCrowd(most: number): Crowd {
  const line: (() => void)[] = [];
  let limit = most;
  let inside = 0;
  let well = 0;
  let complainedMs = Number.NEGATIVE_INFINITY;
  const admit = () => {
    while (inside < limit && line.length > 0) {
      inside++;
      line.shift()!();
    }
  };
  const turn = (signal: AbortSignal) =>
    new Promise<void>((resolve, reject) => {
      const leave = () => {
        const at = line.indexOf(enter);
        if (at < 0) return;
        line.splice(at, 1);
        reject(signal.reason);
      };
      const enter = () => {
        signal.removeEventListener('abort', leave);
        resolve();
      };
      line.push(enter);
      signal.addEventListener('abort', leave, { once: true });
    });
  return {
    async during(work, signal) {
      signal.throwIfAborted();
      if (inside < limit) inside++;
      else await turn(signal);
      try {
        return await work();
      } finally {
        inside--;
        if (++well >= wellBefore && limit < most) {
          limit++;
          well = 0;
        }
        admit();
      }
    },
    tooMuch() {
      well = 0;
      if (performance.now() - complainedMs < pauseMs) return;
      complainedMs = performance.now();
      limit = Math.max(fewest, Math.floor(limit / 2));
    },
  };
}
