/** In which directories of a place something was changed since it was synced: some may be on other file systems. */
import { pathKey } from '../../../work/posix/path.ts';
import { type RelativePath, splitPath } from '../../path.ts';
import type { Store } from '../../store.ts';

const most = 10_000; // beyond it they count as all

export class Written {
  #dirs = new Set<string>();
  #isAll = false;

  get isEmpty(): boolean {
    return !this.#isAll && this.#dirs.size === 0;
  }

  /** What is in the place itself is on its own file system. */
  add(dir: RelativePath): void {
    if (dir.length === 0 || this.#isAll) return;
    this.#dirs.add(pathKey(dir));
    if (this.#dirs.size > most) this.#becomesAll();
  }

  /** All that was added so far; what is added from now on is not among it. */
  take(): Written {
    const taken = new Written();
    [taken.#dirs, taken.#isAll] = [this.#dirs, this.#isAll];
    [this.#dirs, this.#isAll] = [new Set(), false];
    return taken;
  }

  giveBack(taken: Written): void {
    for (const dir of taken.#dirs) this.#dirs.add(dir);
    if (taken.#isAll || this.#dirs.size > most) this.#becomesAll();
  }

  /** Whether anything in it, or below it, was changed; a character for each byte. */
  isBelow(path: string): boolean {
    if (this.#isAll || this.#dirs.has(path)) return true;
    const start = `${path}/`;
    for (const dir of this.#dirs) if (dir.startsWith(start)) return true;
    return false;
  }

  #becomesAll(): void {
    this.#isAll = true;
    this.#dirs.clear();
  }
}

/** The same store, of which is noted what it changes, once that is done. */
export function noting<S extends Store>(store: S, written: Written): S {
  const { write, remove, makeDirectory, makeSymlink, makeLink, dress, parts } = store;
  const within = <A extends unknown[], T>(act: (path: RelativePath, ...rest: A) => Promise<T>) =>
    noted(act, (path) => written.add(splitPath(path).dir));
  const itself = <A extends unknown[], T>(act: (path: RelativePath, ...rest: A) => Promise<T>) =>
    noted(act, (path) => written.add(path));
  return {
    ...store,
    write: within(write),
    remove: within(remove),
    ...(makeDirectory && { makeDirectory: itself(makeDirectory) }),
    ...(makeSymlink && { makeSymlink: within(makeSymlink) }),
    ...(makeLink && { makeLink: within(makeLink) }),
    ...(dress && { dress: itself(dress) }),
    ...(parts && {
      parts: { ...parts, begin: within(parts.begin), put: within(parts.put), finish: within(parts.finish) },
    }),
  };
}

function noted<A extends unknown[], T>(
  act: (path: RelativePath, ...rest: A) => Promise<T>,
  note: (path: RelativePath) => void,
): (path: RelativePath, ...rest: A) => Promise<T> {
  return async (path, ...rest) => {
    try {
      return await act(path, ...rest);
    } finally {
      note(path); // it may have been done where that is not known
    }
  };
}
