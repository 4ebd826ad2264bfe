import { type Constant, type Cost, constants, predictMs, termsOf, type Work } from './cost.ts';
import { learn } from './learn.ts';
import type { Basis } from './plan.ts';

/** Of the logarithm: a run that is no further off took what was predicted. */
const near = 0.15;

const subjects: Readonly<Record<Constant, string>> = {
  setupMs: 'beginning and ending',
  perFileMs: 'what there is to do for each entry',
  perByteMs: 'moving the bytes',
  perSkipMs: 'looking at unchanged entries',
  perComparedMs: 'comparing both sides',
  perTrip: 'waiting for answers',
};

/** Why a run took another time than was predicted: what it teaches most of. Undefined where it took about that time. */
export function whyOff(cost: Cost, basis: Basis, work: Work, elapsedMs: number): string | undefined {
  if (!(elapsedMs > 0) || Math.abs(Math.log(elapsedMs / predictMs(cost, work))) <= near) return undefined;
  const known = learn(cost, work, elapsedMs);
  const most = mostMoved(termsOf(cost, work), termsOf(known, work));
  const off = `${subjects[most]} took ${(known[most] / cost[most]).toFixed(1)} times as long as expected`;
  return basis === 'default' ? `${off}, and nothing had been measured here before` : off;
}

type Terms = ReturnType<typeof termsOf>;

function mostMoved(before: Terms, after: Terms): Constant {
  const moved = (constant: Constant) => Math.abs(after[constant] - before[constant]);
  return constants.reduce((best, one) => (moved(one) > moved(best) ? one : best));
}
