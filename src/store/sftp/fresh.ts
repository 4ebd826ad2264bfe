/** What was seen or done within the last second. */

export type Fresh<T> = {
  readonly add: (one: T) => void;
  readonly has: (one: T) => boolean;
  readonly delete: (one: T) => void;
};

const freshMs = 1000;
const most = 10_000;

/** What has the same key is the same. */
export function createFresh<T>(keyOf: (one: T) => string): Fresh<T> {
  const seen = new Map<string, number>();
  return {
    has: (one) => performance.now() - (seen.get(keyOf(one)) ?? -freshMs) < freshMs,
    add(one) {
      if (seen.size >= most) seen.clear();
      seen.set(keyOf(one), performance.now());
    },
    delete: (one) => void seen.delete(keyOf(one)),
  };
}
