/**
 * How many lanes: one more as long as that makes the whole faster, one fewer when it did not, and another look
 * every now and then. Where no processor has time for another lane, its start would only cost. Pure but for what it
 * remembers; the clock is the caller's.
 */
export type Tuner = {
  /**
   * Told how much was done since the last call, in any unit that adds up, and which share of the processors' time
   * nobody used meanwhile; answers the number of lanes to have.
   */
  next(lanes: number, donePerSecond: number, room: number): number;
};

const gain = 1.05;
const restTicks = 20;
const leastRoom = 0.1;

export function createTuner(least: number, most: number): Tuner {
  let before: { lanes: number; rate: number } | undefined;
  let rest = 0;
  return {
    next(lanes, rate, room) {
      const more = room >= leastRoom ? Math.min(most, lanes + 1) : lanes;
      if (rest > 0) {
        rest--;
        return lanes;
      }
      if (before === undefined || before.lanes === lanes) {
        before = { lanes, rate };
        return more;
      }
      const isWorthIt = before.lanes < lanes ? rate > before.rate * gain : rate * gain > before.rate;
      if (isWorthIt) {
        const isUp = lanes > before.lanes;
        before = { lanes, rate };
        return isUp ? more : Math.max(least, lanes - 1);
      }
      const back = before.lanes;
      before = undefined;
      rest = restTicks;
      return back;
    },
  };
}
