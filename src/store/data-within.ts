import type { Body, Range } from './body.ts';

/** What of a range is data, where the body tells holes: the rest is one since the file began. */
export async function* dataWithin(body: Body, range: Range, signal: AbortSignal): AsyncGenerator<Range> {
  const end = range.offset + range.length;
  for await (const { offset, length } of body.data?.(signal) ?? [range]) {
    const first = Math.max(offset, range.offset);
    const last = Math.min(offset + length, end);
    if (first < last) yield { offset: first, length: last - first };
  }
}
