/**
 * What one Part leaves to others: at once, or when the directories it is in are made, so that each is made by the Part
 * that found it.
 */
import type { Bundle } from '../../../profile/bundle.ts';
import { type RelativePath, splitPath } from '../../../store/path.ts';
import { NamePacker } from '../../../work/posix/dirents.ts';
import { pathKey } from '../../../work/posix/path.ts';
import { byDirectory } from './by-directory.ts';
import type { Part } from './part.ts';
import { mostEntries, type PartSize, piecesOf } from './part-size.ts';

type Given = {
  readonly size: PartSize;
  /** after the first Part nobody else has anything to do yet */
  readonly isFirst: boolean;
  /** others wait until the directories that they go on in are made */
  readonly isAwaited: boolean;
  readonly share: (bundle: Bundle) => void;
};

export class Sharing {
  /** what waits for directories of this Part */
  readonly late: Bundle[] = [];
  readonly #part: Part;
  readonly #with: Given;
  #slices = 0;

  constructor(part: Part, given: Given) {
    this.#part = part;
    this.#with = given;
  }

  /** Some of a directory's names have gone to others. */
  get isBegun(): boolean {
    return this.#slices > 0;
  }

  /** What is in a directory that is there already is for others at once. */
  names(dir: Uint8Array, names: Uint8Array): void {
    const bundle = { dir, names, what: 'entries', fresh: undefined, slice: ++this.#slices } as const;
    if (this.#with.isAwaited && this.#part.entries.has(pathKey(dir))) this.late.push(bundle);
    else this.#with.share(bundle);
  }

  /** The rest of a directory that is too much for one Part. */
  rest(dir: RelativePath): { readonly add: (path: RelativePath) => void; readonly give: () => void } {
    const names = new NamePacker();
    const give = () => {
      if (names.count > 0) this.names(dir, names.take());
    };
    const add = (path: RelativePath) => {
      names.addBytes(splitPath(path).name);
      if (names.count >= mostEntries) give();
    };
    return { add, give };
  }

  /** What nobody has been in is for others, the directories of one place together. */
  trees(paths: readonly RelativePath[]): void {
    for (const { dir, names } of byDirectory(paths))
      for (const some of this.#divided(names))
        this.#leave({ dir, names: some, what: 'trees', fresh: undefined, slice: 0 });
  }

  #leave(bundle: Bundle): void {
    if (this.#with.isAwaited) this.late.push(bundle);
    else this.#with.share(bundle);
  }

  #divided(names: Uint8Array): Uint8Array[] {
    const { isFirst, size } = this.#with;
    return isFirst ? piecesOf(names, size.isShort ? 'short' : 'long') : [names];
  }
}
