/**
 * Connections share a line unevenly: one that lost packets when all began may stay slow for long, and in the end all
 * others wait for it. Says when the rest of a range is better asked for anew, on a connection that has nothing to do.
 */

/** One range that is read. */
export type Run = Disposable & {
  /** So many bytes came, after so long a wait. Whether to leave it: `left` are to come. */
  readonly isBehind: (bytes: number, waitedMs: number, left: number) => boolean;
};

export type Stragglers = { readonly begin: () => Run };

/** It is judged by as long a wait at least, and left where it would take twice as long for the rest. */
const judgedMs = 1000;
const mostMs = 2 * judgedMs;
/** Fewer say nothing of a connection. */
const tellingBytes = 1024 * 1024;
/** So many times slower than the quickest is behind. */
const timesBehind = 2;

export function createStragglers(): Stragglers {
  let underWay = 0;
  let most = 0;
  let best = 0; // bytes a millisecond
  return {
    begin() {
      let bytes = 0;
      let waitedMs = 0;
      const told = () => {
        if (bytes >= tellingBytes) best = Math.max(best, bytes / Math.max(1, waitedMs));
      };
      underWay++;
      most = Math.max(most, underWay);
      return {
        isBehind(came, ms, left) {
          bytes += came;
          waitedMs += ms;
          if (waitedMs < judgedMs) return false;
          const rate = bytes / waitedMs;
          told();
          [bytes, waitedMs] = [0, 0];
          const othersAreDone = underWay <= most / 2;
          return othersAreDone && rate * timesBehind < best && left > rate * mostMs;
        },
        [Symbol.dispose]() {
          told();
          underWay--;
        },
      };
    },
  };
}
