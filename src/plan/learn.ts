import { type Constant, type Cost, constants, termsOf, type Work } from './cost.ts';
import { noise, sharesOf, sum, type Terms, varianceOf } from './doubt.ts';

// Below both of these a run says how long it takes to start, and nothing about files and bytes.
const tinyEntries = 100;
const tinyBytes = 10_000_000;

/** No constant is ever held for surer than this: the newest run weighs 0.3, so that another disk is noticed. */
const leastDoubt = (noise * 0.3) / 0.7;

/** A run further off than this many standard deviations is odd, and believed no further. */
const oddDeviations = 4;

const ofSetup: ReadonlySet<Constant> = new Set<Constant>(['setupMs', 'perTrip']);

/** No run is taken to be quicker. */
const leastMs = 1;

/**
 * Corrects an engine's constants by what a finished run took.
 *
 * This is a Kalman filter for the logarithms of the constants. The run took some factor more or less than
 * predicted; each constant takes the more of it, the larger its share of the prediction and the less is known
 * of it. So runs of large files teach the time per byte, runs of small files the time per file, and what was
 * learned from one is not lost to the other. An odd run moves what was measured by less than half. A tiny run
 * teaches the set-up and its round trips alone, and does not count as a run.
 */
export function learn(cost: Cost, work: Work, elapsedMs: number): Cost {
  if (!(elapsedMs > 0 && Number.isFinite(elapsedMs))) return cost;
  const tiny = isTiny(work);
  const times = termsOf(cost, work);
  const terms = constants.map((constant) => times[constant]);
  const doubts = constants.map((constant) => (tiny && !ofSetup.has(constant) ? 0 : cost.doubt[constant]));
  const steps = stepsTowards(Math.max(elapsedMs, leastMs), { terms, doubts });
  const left = doubtsAfter({ terms: moved(terms, steps), doubts });
  return {
    engine: cost.engine,
    ...timesOf((constant, i) => cost[constant] * Math.exp(steps[i]!)),
    doubt: timesOf((constant, i) => (doubts[i] === 0 ? cost.doubt[constant] : left[i]!)),
    runs: tiny ? cost.runs : cost.runs + 1,
  };
}

function timesOf(value: (constant: Constant, i: number) => number): Record<Constant, number> {
  const pairs = constants.map((constant, i) => [constant, value(constant, i)]);
  return Object.fromEntries(pairs) as Record<Constant, number>;
}

function isTiny({ files, bytes, compared = 0, skipped }: Work): boolean {
  return files + skipped < tinyEntries && bytes + compared < tinyBytes;
}

/** By how much the logarithm of each term moves, so that together they come nearer to what the run took. */
function stepsTowards(tookMs: number, { terms, doubts }: Terms): number[] {
  const surprise = Math.log(tookMs / sum(terms));
  const believed = within(oddDeviations * Math.sqrt(varianceOf({ terms, doubts })), surprise);
  const target = Math.log(sum(terms)) + believed;
  let steps = terms.map(() => 0);
  for (let pass = 0; pass < 5; pass++) {
    const now = moved(terms, steps);
    const shares = sharesOf(now);
    const missing = target - Math.log(sum(now)) + sum(shares.map((share, i) => share * steps[i]!));
    const gain = missing / varianceOf({ terms: now, doubts });
    steps = shares.map((share, i) => doubts[i]! * share * gain);
  }
  return steps;
}

function doubtsAfter({ terms, doubts }: Terms): number[] {
  const variance = varianceOf({ terms, doubts });
  const shares = sharesOf(terms);
  return doubts.map((doubt, i) => Math.max(leastDoubt, doubt * (1 - (doubt * shares[i]! ** 2) / variance)));
}

function moved(terms: readonly number[], steps: readonly number[]): number[] {
  return terms.map((term, i) => term * Math.exp(steps[i]!));
}

function within(limit: number, number: number): number {
  return Math.min(limit, Math.max(-limit, number));
}
