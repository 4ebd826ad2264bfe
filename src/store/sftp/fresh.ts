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
  const seen = new Map<string, number>();
  return {
    has: (path) => performance.now() - (seen.get(pathKey(path)) ?? -freshMs) < freshMs,
    add(path) {
      if (seen.size >= most) seen.clear();
      seen.set(pathKey(path), performance.now());
    },
    delete: (path) => void seen.delete(pathKey(path)),
  };
}
