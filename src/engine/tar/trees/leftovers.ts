/** What is left for others to do: single entries by the directory they are in, trees, directories by themselves. */
import type { Bundle } from '../../../profile/bundle.ts';
import { type RelativePath, splitPath } from '../../../store/path.ts';
import { NamePacker } from '../../../work/posix/dirents.ts';
import { pathKey } from '../../../work/posix/path.ts';

type Names = { readonly dir: Uint8Array; readonly names: NamePacker };

export class Leftovers {
  readonly #entries = new Map<string, Names>();
  readonly #trees = new Map<string, Names>();
  readonly #new = new Map<string, Names>();
  readonly #alone = new Map<string, Uint8Array>();

  entry(path: RelativePath): void {
    add(this.#entries, path);
  }

  /** With all that is in it. */
  tree(path: RelativePath): void {
    add(this.#trees, path);
  }

  /** One that is not at the destination. */
  newTree(path: RelativePath): void {
    add(this.#new, path);
  }

  /** Nothing in it. */
  directory(path: RelativePath): void {
    this.#alone.set(pathKey(path), new Uint8Array(path));
  }

  take(): Bundle[] {
    return [
      ...[...this.#entries.values()].map(({ dir, names }) => entriesOf(dir, names.take())),
      ...[...this.#alone.values()].map((dir) => entriesOf(dir, new Uint8Array(0))),
      ...[...this.#trees.values()].map((names) => treesOf(names, false)),
      ...[...this.#new.values()].map((names) => treesOf(names, true)),
    ];
  }
}

function add(to: Map<string, Names>, path: RelativePath): void {
  const { dir, name } = splitPath(path);
  const key = pathKey(dir);
  const known = to.get(key) ?? { dir: new Uint8Array(dir), names: new NamePacker() };
  known.names.addBytes(name);
  to.set(key, known);
}

function entriesOf(dir: Uint8Array, names: Uint8Array): Bundle {
  return { dir, names, what: 'entries', fresh: undefined, slice: 0 };
}

function treesOf({ dir, names }: Names, isNew: boolean): Bundle {
  const fresh = isNew ? new Uint8Array(names.count).fill(1) : undefined;
  return { dir, names: names.take(), what: 'trees', fresh, slice: 0 };
}
