/**
 * How many lanes: one more as long as that makes the whole faster, one fewer when it did not, and another look
 * every now and then. Pure but for what it remembers; the clock is the caller's.
 */
export type Tuner = {
  /** Told how much was done since the last call, in any unit that adds up; answers the number of lanes to have. */
  next(lanes: number, donePerSecond: number): number;
};

const gain = 1.05;
const restTicks = 20;

export function createTuner(least: number, most: number): Tuner {
  let before: { lanes: number; rate: number } | undefined;
  let rest = 0;
  return {
    next(lanes, rate) {
      if (rest > 0) {
        rest--;
        return lanes;
      }
      if (before === undefined || before.lanes === lanes) {
        before = { lanes, rate };
        return Math.min(most, lanes + 1);
      }
      const isWorthIt = before.lanes < lanes ? rate > before.rate * gain : rate * gain > before.rate;
      if (isWorthIt) {
        const step = Math.sign(lanes - before.lanes);
        before = { lanes, rate };
        return Math.max(least, Math.min(most, lanes + step));
      }
      const back = before.lanes;
      before = undefined;
      rest = restTicks;
      return back;
    },
  };
}
