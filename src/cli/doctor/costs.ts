import type { Cost } from '../../plan/cost.ts';
import { formatCount, formatRate } from '../../report/size.ts';

/** What an engine was measured to cost, for a person. */
export function costLines({ engine, setupMs, perFileMs, perByteMs, perSkipMs, runs }: Cost): string[] {
  return [
    `${engine}, by ${formatCount(runs)} runs on this machine`,
    `  begins and ends in ${Math.round(setupMs)} ms`,
    `  ${perSecond(perFileMs)} small entries a second`,
    `  ${formatRate(1 / perByteMs, 1)} of large files`,
    `  ${perSecond(perSkipMs)} unchanged entries a second`,
  ];
}

function perSecond(ms: number): string {
  return formatCount(Math.round(1000 / ms));
}
