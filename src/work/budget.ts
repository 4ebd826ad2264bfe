/** So much of something for all who want some: whoever finds too little left waits in line. */
import { createLine } from './line.ts';

export type Budget = (wanted: number, signal: AbortSignal) => Promise<Disposable>;

/** Who wants more than there is at all gets in alone. An abort leaves the line with the signal's reason. */
export function createBudget(all: number): Budget {
  let left = all;
  const serve = () => {
    for (let share = line.first(); share !== undefined && share <= left; share = line.first()) {
      left -= share;
      line.admit();
    }
  };
  const line = createLine(serve);
  return async (wanted, signal) => {
    signal.throwIfAborted();
    const share = Math.min(wanted, all);
    if (line.first() !== undefined || share > left) await line.wait(share, signal);
    else left -= share;
    return {
      [Symbol.dispose]() {
        left += share;
        serve();
      },
    };
  };
}
