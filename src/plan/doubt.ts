/** How far off a prediction may be: what is not known of an engine's constants, and what runs differ by anyway. */
import { type Constant, type Cost, constants, firstDoubts, termsOf, type Work } from './cost.ts';
import type { Span } from './plan.ts';

/** Runs of the same work differ by about a quarter: the variance of the logarithm of the time they take. */
export const noise = 0.25 ** 2;

/** Standard deviations to either side, between which four of five runs end. */
const mostly = 1.28;

/** In so many days a disk or a network may well become twice as slow or quick. */
const fadingDays = 90;
const fading = Math.log(2) ** 2 / fadingDays;
const dayMs = 86_400_000;

export type Terms = { readonly terms: readonly number[]; readonly doubts: readonly number[] };

/** Between what and what the time will be, four times of five. */
export function likely(cost: Cost, work: Work): Span {
  return spanOf(cost, termsOf(cost, work));
}

/** The same of what each constant adds. */
export function spanOf({ doubt }: Cost, times: ReturnType<typeof termsOf>): Span {
  const terms = constants.map((constant) => times[constant]);
  const spread = Math.exp(
    mostly * Math.sqrt(varianceOf({ terms, doubts: constants.map((one) => doubt[one]) })),
  );
  return { leastMs: sum(terms) / spread, mostMs: sum(terms) * spread };
}

/** The same constants at a later time: the longer ago they were measured, the less is known. */
export function faded(cost: Cost, nowMs: number): Cost {
  const days = Math.max(0, nowMs - (cost.learntMs ?? nowMs)) / dayMs;
  const older = (constant: Constant) => Math.min(firstDoubts[constant], cost.doubt[constant] + fading * days);
  const doubt = Object.fromEntries(constants.map((constant) => [constant, older(constant)]));
  return { ...cost, doubt: doubt as Cost['doubt'] };
}

/** How far the logarithm of the time may be off, squared: what is not known of the terms, and noise. */
export function varianceOf({ terms, doubts }: Terms): number {
  return noise + sum(sharesOf(terms).map((share, i) => share ** 2 * doubts[i]!));
}

export function sharesOf(terms: readonly number[]): number[] {
  const total = sum(terms) || 1; // of nothing, all have none
  return terms.map((term) => term / total);
}

export function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}
