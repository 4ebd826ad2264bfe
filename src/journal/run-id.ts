import { randomHex } from '../work/random-hex.ts';

/**
 * A name for a run that sorts by its start and can be typed: 20261120-1412-7f3a9c, the minute in UTC and a part
 * by chance, wide enough for many routes that start in the same minute.
 */
export function newRunId(nowMs: number): string {
  const [date, time] = new Date(nowMs).toISOString().split('T') as [string, string];
  return `${date.replaceAll('-', '')}-${time.slice(0, 5).replace(':', '')}-${randomHex(3)}`;
}
