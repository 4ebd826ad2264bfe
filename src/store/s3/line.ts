/** Those who wait, in order. However many do with one signal, it has one listener: each costs all others time. */
export type Line = {
  /** Until it is admitted. An abort leaves the line with the signal's reason. */
  readonly wait: (signal: AbortSignal) => Promise<void>;
  /** False where nobody waits. */
  readonly admit: () => boolean;
};

type Waiting = { readonly signal: AbortSignal; readonly enter: () => void; readonly leave: () => void };
type Heard = { waiting: number; readonly leaveAll: () => void };

export function createLine(): Line {
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
    };
    signal.addEventListener('abort', leaveAll, { once: true });
    const one = { waiting: 0, leaveAll };
    heard.set(signal, one);
    return one;
  };
  return {
    wait(signal) {
      const one = heard.get(signal) ?? hear(signal);
      one.waiting++;
      return new Promise((resolve, reject) => {
        line.push({ signal, enter: resolve, leave: () => reject(signal.reason) });
      });
    },
    admit() {
      const first = line.shift();
      if (!first) return false;
      const one = heard.get(first.signal)!;
      if (--one.waiting === 0) forget(first.signal, one);
      first.enter();
      return true;
    },
  };
}
