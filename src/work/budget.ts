/** So much of something for all who want some: whoever finds too little left waits in line. */
import { createLine } from './line.ts';

export type Budget = (wanted: number, signal: AbortSignal) => Promise<Disposable>;

/**
 * Who wants more than there is at all gets in alone. An abort leaves the line with the signal's reason. What there is in
 * all may change on the way, where that is asked for.
 */
export function createBudget(all: number | (() => number)): Budget {
  const most = typeof all === 'number' ? () => all : all;
  let taken = 0;
  const fits = (share: number) => taken === 0 || taken + share <= most();
  const serve = () => {
    for (let share = line.first(); share !== undefined && fits(share); share = line.first()) {
      taken += share;
      line.admit();
    }
  };
  const line = createLine(serve);
  const leave = (share: number) => {
    taken -= share;
    serve();
  };
  return async (share, signal) => {
    signal.throwIfAborted();
    if (line.first() !== undefined || !fits(share)) await line.wait(share, signal);
    else taken += share;
    return new Share(share, leave);
  };
}

/** A class, as V8 makes an object with a name that is worked out many times slower. */
class Share implements Disposable {
  readonly #share: number;
  readonly #leave: (share: number) => void;

  constructor(share: number, leave: (share: number) => void) {
    this.#share = share;
    this.#leave = leave;
  }

  [Symbol.dispose](): void {
    this.#leave(this.#share);
  }
}
