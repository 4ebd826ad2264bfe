/**
 * Those who wait, in order, each for so much of something. However many do with one signal, it has one listener: each
 * costs all others time.
 */
export type Line = {
  /** Until it is admitted. An abort leaves the line with the signal's reason. */
  readonly wait: (share: number, signal: AbortSignal) => Promise<void>;
  /** What the first one waits for; undefined where nobody waits. */
  readonly first: () => number | undefined;
  /** Lets the first one in. */
  readonly admit: () => void;
};

type Waiting = {
  readonly share: number;
  readonly signal: AbortSignal;
  readonly enter: () => void;
  readonly leave: () => void;
};
type Heard = { waiting: number; readonly leaveAll: () => void };

/** `left` is told when some of them do not wait any more. */
export function createLine(left: () => void): Line {
  let line: Waiting[] = [];
  const heard = new Map<AbortSignal, Heard>();
  const forget = (signal: AbortSignal, { leaveAll }: Heard) => {
    heard.delete(signal);
    signal.removeEventListener('abort', leaveAll);
  };
  const hear = (signal: AbortSignal): Heard => {
    const leaveAll = () => {
      const leaving = line.filter((one) => one.signal === signal);
      line = line.filter((one) => one.signal !== signal);
      heard.delete(signal);
      for (const { leave } of leaving) leave();
      left();
    };
    signal.addEventListener('abort', leaveAll, { once: true });
    const one = { waiting: 0, leaveAll };
    heard.set(signal, one);
    return one;
  };
  return {
    wait(share, signal) {
      const one = heard.get(signal) ?? hear(signal);
      one.waiting++;
      return new Promise((resolve, reject) => {
        line.push({ share, signal, enter: resolve, leave: () => reject(signal.reason) });
      });
    },
    first: () => line[0]?.share,
    admit() {
      const first = line.shift();
      if (!first) return;
      const one = heard.get(first.signal)!;
      if (--one.waiting === 0) forget(first.signal, one);
      first.enter();
    },
  };
}
