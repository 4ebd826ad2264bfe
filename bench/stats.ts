/** Medians, and how far the rounds lie apart. */

export type Spread = { readonly median: number; readonly least: number; readonly most: number };

export function spread(values: readonly number[]): Spread {
  const sorted = values.toSorted((a, b) => a - b);
  const middle = sorted.length >> 1;
  const median = sorted.length % 2 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
  return { median, least: sorted[0]!, most: sorted.at(-1)! };
}

/** The ratio of the medians, and the least and greatest ratio of one round: both ran under the same weather. */
export function ratio(ours: readonly number[], theirs: readonly number[]): Spread {
  const rounds = ours.map((value, round) => value / theirs[round]!);
  return { ...spread(rounds), median: spread(ours).median / spread(theirs).median };
}
