/**
 * Does `work` for every item, at most `limit` at a time, and pulls the next item only when one of them is free. A limit
 * that is asked for may change on the way. Resolves when all are done; the first error, or the signal's reason, ends it
 * once those under way have ended.
 */
export async function each<T>(
  limit: number | (() => number),
  items: AsyncIterable<T> | Iterable<T>,
  signal: AbortSignal,
  work: (item: T) => Promise<void>,
): Promise<void> {
  const most = typeof limit === 'number' ? () => limit : limit;
  const iterator = Symbol.asyncIterator in items ? items[Symbol.asyncIterator]() : items[Symbol.iterator]();
  const ended = Promise.withResolvers<void>();
  let failed: { readonly error: unknown } | undefined;
  let hands = 0;
  const hand = async () => {
    hands++;
    try {
      while (!failed && hands <= Math.max(1, most())) {
        signal.throwIfAborted();
        const next = await iterator.next();
        if (next.done || failed) return;
        signal.throwIfAborted();
        if (hands < most()) void begin();
        await work(next.value);
      }
    } catch (error) {
      failed ??= { error };
    } finally {
      hands--; // at once: others that see too many leave as well
    }
  };
  const begin = async () => {
    await hand();
    if (hands === 0) ended.resolve();
  };
  void begin();
  await ended.promise;
  if (!failed) return;
  await iterator.return?.();
  throw failed.error;
}
