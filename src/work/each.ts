/**
 * Does `work` for every item, at most `limit` at a time, and pulls the next item only when one of them is free.
 * Resolves when all are done; the first error, or the signal's reason, ends it once those under way have ended.
 */
export async function each<T>(
  limit: number,
  items: AsyncIterable<T> | Iterable<T>,
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  let isOver = false;
  const hand = async () => {
    while (!isOver) {
      signal.throwIfAborted();
      const next = await iterator.next();
      if (next.done || isOver) return;
      signal.throwIfAborted();
      await work(next.value);
    }
  };
  const guarded = () =>
    hand().catch((error: unknown) => {
      isOver = true;
      throw error;
    });
  const ends = await Promise.allSettled(Array.from({ length: limit }, guarded));
  const failed = ends.find((end) => end.status === 'rejected');
  if (!failed) return;
  await iterator.return?.();
  throw failed.reason;
}
