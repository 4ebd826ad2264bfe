/**
 * The directories that entries are unpacked into: opened below the root, never through a symlink, the last one kept
 * open. What became of their times and modes meanwhile is put right when all is in its place.
 */
import type { Preserve } from '../../../request.ts';
import type { Lost } from '../../../store/local/metadata/metadata.ts';
import { Target } from '../../../store/local/place/target.ts';
import type { KeepHow } from '../../../store/local/probe/holder.ts';
import { type RelativePath, splitPath } from '../../../store/path.ts';
import * as c from '../../../work/posix/constants.ts';
import * as libc from '../../../work/posix/libc.ts';
import { Slot } from '../../../work/posix/memory.ts';
import { Opener } from '../../../work/posix/opener.ts';
import { pathKey } from '../../../work/posix/path.ts';
import type { Stat } from '../../../work/posix/stat.ts';

/** What a directory is to look like in the end. */
type Wanted = { readonly stat: Stat; readonly attributes: ReadonlyMap<string, string> };

type Used = { readonly path: RelativePath; readonly before: Stat; wanted: Wanted | undefined };

const slot = new Slot();
const none: ReadonlyMap<string, string> = new Map();

export class Directories implements Disposable {
  readonly #opener: Opener;
  readonly #used = new Map<string, Used>();
  #last: { readonly path: RelativePath; readonly target: Target } | undefined;

  /** `root` stays the caller's. */
  constructor(root: number) {
    this.#opener = new Opener(root, c.O_RDONLY | c.O_DIRECTORY);
  }

  [Symbol.dispose](): void {
    this.forget();
    this.#opener[Symbol.dispose]();
  }

  /** The directory, good until the next call, or a negative error number. */
  open(path: RelativePath): Target | number {
    if (this.#last && Buffer.compare(this.#last.path, path) === 0) return this.#last.target;
    const fd = this.#opener.open(path);
    if (fd < 0) return fd;
    this.forget();
    const target = new Target(fd);
    this.#last = { path, target };
    const key = pathKey(path);
    if (!this.#used.has(key)) this.#used.set(key, { path, before: target.stat, wanted: undefined });
    return target;
  }

  /** Makes the directory where it is not there; answers 0 or a negative error number. */
  make(path: RelativePath, wanted: Wanted): number {
    const found = this.open(path); // looked for first: the one it is in is used only where something is made there
    const failed = found === -c.ENOENT && path.length > 0 ? this.#makeIn(path) : 0;
    if (failed < 0 && failed !== -c.EEXIST) return failed;
    const target = this.open(path);
    if (typeof target === 'number') return target;
    this.#used.get(pathKey(path))!.wanted = wanted;
    return 0;
  }

  #makeIn(path: RelativePath): number {
    const { dir, name } = splitPath(path);
    const parent = this.open(dir);
    if (typeof parent === 'number') return parent;
    return parent.change(() => libc.mkdirat(parent.fd, slot.put(name), 0o700));
  }

  /** Gives all of them what they are to have, or had, the deepest first. */
  settle(how: KeepHow, told: (path: RelativePath, answer: Lost | number) => void): void {
    const deepestFirst = [...this.#used.values()].toSorted((a, b) => b.path.length - a.path.length);
    for (const used of deepestFirst) {
      const target = this.open(used.path);
      if (typeof target === 'number') told(used.path, target);
      else if (used.wanted) told(used.path, put(target, used.wanted, how));
      else put(target, { stat: used.before, attributes: none }, { ...how, keep: asItWas });
    }
    this.forget();
    this.#used.clear(); // who changes something in one after that leaves it as it is then
  }

  /** The next one is opened anew, whatever is in its place by then. */
  forget(): void {
    if (this.#last) libc.close(this.#last.target.fd);
    this.#last = undefined;
  }
}

const asItWas: Preserve = {
  mode: true,
  owner: false,
  times: true,
  hardlinks: false,
  xattrs: false,
  acls: false,
  sparse: false,
  specials: false,
};

function put(target: Target, { stat, attributes }: Wanted, how: KeepHow): Lost | number {
  return target.settle({ said: attributes }, stat, how);
}
