/** Large files that a run began and could not end. */
import { BigWork } from '../conduct/bigs/big-work.ts';
import { bigOf, isStale } from '../conduct/checkpoint/part-rows.ts';
import type { PartRow } from '../journal/types.ts';
import type { BegunFiles } from '../report/events.ts';

/** How much of them the Journal knows to be there, which is where the run goes on; undefined where it is nothing. */
export function begunThere(parts: Iterable<PartRow>): BegunFiles | undefined {
  const sum = { files: 0, bytes: 0, ofBytes: 0 };
  for (const row of parts) {
    const bytes = row.kind === 'big' && !isStale(row) ? bytesThere(row) : 0;
    if (bytes === 0) continue;
    sum.files++;
    sum.bytes += bytes;
    sum.ofBytes += bigOf(row).bytes;
  }
  return sum.files === 0 ? undefined : sum;
}

function bytesThere(row: PartRow): number {
  const { rangeBytes, ...file } = bigOf(row);
  if (!row.ranges || rangeBytes === undefined || file.partial === '') return 0;
  return new BigWork(row.id, { ...file, rangeBytes }, row.ranges).bytesThere;
}
