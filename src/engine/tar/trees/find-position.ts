/** Where one find is that lists all below: the directories that it is in, and what it has told of each of them. */
import type { RelativePath } from '../../../store/path.ts';
import { pathKey } from '../../../work/posix/path.ts';

type Open = { readonly path: RelativePath; readonly told: Set<string> };

export class Above {
  readonly #open: (Open | undefined)[] = [];

  /** The directory that what comes at this depth is in; undefined: nobody wants what is in there. */
  at(depth: number): RelativePath | undefined {
    return this.#open[depth - 1]?.path;
  }

  /** Of something at this depth: it was told. */
  tells(depth: number, name: Buffer): void {
    this.#open[depth - 1]?.told.add(name.toString('latin1'));
  }

  /** What is told next is in there, or, where that is undefined, of no interest. */
  enter(path: RelativePath | undefined): void {
    this.#open.push(path && { path, told: new Set() });
  }

  /** Something comes at this depth: answers the directories of which all was told. */
  leave(depth: number): RelativePath[] {
    const left = this.#open.splice(depth);
    return left.flatMap((one) => (one ? [one.path] : [])).reverse();
  }

  /** By their paths as keys, what was told of the directories that it is still in. */
  told(): ReadonlyMap<string, ReadonlySet<string>> {
    return new Map(this.#open.flatMap((one) => (one ? [[pathKey(one.path), one.told]] : [])));
  }

  paths(): RelativePath[] {
    return this.#open.flatMap((one) => (one ? [one.path] : []));
  }
}
