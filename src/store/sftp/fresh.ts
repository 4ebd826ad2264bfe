/** Paths of which something was seen or done within the last second. */
import { pathKey } from '../../work/posix/path.ts';
import type { RelativePath } from '../path.ts';

export type Fresh = {
  readonly add: (path: RelativePath) => void;
  readonly has: (path: RelativePath) => boolean;
  readonly delete: (path: RelativePath) => void;
};

const freshMs = 1000;
const most = 10_000;

export function createFresh(): Fresh {
  const { add, has, delete: forget } = createFreshKeys();
  return {
    add: (path) => add(pathKey(path)),
    has: (path) => has(pathKey(path)),
    delete: (path) => forget(pathKey(path)),
  };
}

/** The same by any key. */
export function createFreshKeys() {
  const seen = new Map<string, number>();
  return {
    has: (key: string) => performance.now() - (seen.get(key) ?? -freshMs) < freshMs,
    add(key: string) {
      if (seen.size >= most) seen.clear();
      seen.set(key, performance.now());
    },
    delete: (key: string) => void seen.delete(key),
  };
}
