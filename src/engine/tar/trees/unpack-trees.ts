/**
 * New trees from a place with a shell to this disk, in a thread of their own: all is listed there by one `find`, and
 * directories are made here as they are listed; what is in them comes in batches while the listing goes on. What is not as
 * simple as that, or did not arrive, is left for somebody who takes more time.
 */

import type { Outcome } from '../../../conduct/jobs.ts';
import type { Bundle } from '../../../profile/bundle.ts';
import { type Excluded, excludedBy } from '../../../profile/filter.ts';
import { namesIn } from '../../../store/named.ts';
import { below, isOneName, itself, type RelativePath, relativePath } from '../../../store/path.ts';
import * as c from '../../../work/posix/constants.ts';
import { pathKey } from '../../../work/posix/path.ts';
import type { UnpackLinks } from './fetching.ts';
import { Above } from './find-position.ts';
import type { FoundRecords } from './found-records.ts';
import { Listing } from './listing.ts';
import { openRoot } from './make-new.ts';
import { type Reader, readList } from './read-list.ts';
import { Sorting } from './sorting.ts';
import type { UnpackSetup } from './unpack-words.ts';

const mostListed = 256; // directories in one run of find

/** Rejects with the signal's reason; then what has no final name is gone. */
export async function unpackTrees(
  setup: UnpackSetup,
  { bundle, id }: { readonly bundle: Bundle; readonly id: number },
  links: UnpackLinks,
): Promise<Outcome> {
  using root = openRoot(setup.root);
  const sorting = new Sorting(setup, root.fd, id, links);
  return await new Trees(setup, sorting, bundle.dir as RelativePath, links).run(bundle);
}

/** What a list told before it was cut off, by the directory. */
type Told = ReturnType<Above['told']>;

class Trees {
  readonly #sorting: Sorting;
  readonly #top: RelativePath;
  readonly #topStart: string; // as find is given it
  readonly #links: UnpackLinks;
  readonly #excluded: Excluded | undefined;
  readonly #pending: RelativePath[] = [];

  constructor({ rules }: UnpackSetup, sorting: Sorting, top: RelativePath, links: UnpackLinks) {
    this.#sorting = sorting;
    this.#top = top;
    this.#topStart = `./${pathKey(top)}`;
    this.#links = links;
    this.#excluded = excludedBy(rules);
  }

  async run({ dir, names }: Bundle): Promise<Outcome> {
    const sorting = this.#sorting;
    try {
      for (const name of namesIn(names))
        this.#pending.push(name.length > 0 ? below(relativePath(dir)!, name)! : itself);
      while (this.#pending.length > 0 && !sorting.isEnough) {
        const dirs = this.#pending.splice(-mostListed);
        await (this.#excluded ? this.#list(dirs) : this.#listAll(dirs)); // what is left out is not to be listed either
      }
      await sorting.end(this.#top);
    } finally {
      await sorting.settled();
    }
    this.#links.signal.throwIfAborted();
    for (const path of this.#pending) sorting.left.newTree(path);
    return sorting.outcome();
  }

  /** Makes these directories and takes what is in them; of those that were begun, what was not `told`. */
  async #list(dirs: readonly RelativePath[], told?: Told): Promise<void> {
    const listing = new Listing(dirs, this.#topStart);
    await this.#read('list', listing, {
      take: (found) => this.#take(listing, found, told),
      isEnough: () => false,
      ended: () => this.#leave(listing.at),
    });
  }

  /** The same, with all below them, until that is enough. */
  async #listAll(dirs: readonly RelativePath[]): Promise<void> {
    const listing = new Listing(dirs, this.#topStart);
    const above = new Above();
    const isWhole = await this.#read('list all', listing, {
      take: (found) => this.#takeBelow(listing, above, found),
      isEnough: () => this.#sorting.isEnough,
      ended: () => {
        for (const path of above.leave(0)) this.#leave(path);
      },
    });
    if (isWhole) return;
    this.#pending.push(...listing.unseen());
    await this.#list(above.paths(), above.told());
  }

  async #read(work: 'list' | 'list all', listing: Listing, reader: Omit<Reader, 'pause'>): Promise<boolean> {
    const sorting = this.#sorting;
    const pause = () => (sorting.isFull ? sorting.send() : undefined);
    const isWhole = await readList(work, listing, { ...reader, pause }, this.#links);
    if (isWhole) for (const dir of listing.doubted()) sorting.left.tree(dir);
    return isWhole;
  }

  #take(listing: Listing, found: FoundRecords, told: Told | undefined): void {
    if (found.depth === 0) {
      this.#leave(listing.at);
      return this.#begin(listing, found, told !== undefined);
    }
    const dir = listing.at;
    if (!dir || !isOneName(found.name) || told?.get(pathKey(dir))?.has(found.name.toString('latin1'))) return;
    const isDirectory = found.type === c.S_IFDIR;
    if (this.#excluded?.(pathKey(below(dir, found.name)!), isDirectory)) this.#sorting.excluded();
    else if (isDirectory) this.#directory(below(dir, found.name)!, found);
    else this.#sorting.entry(dir, found);
  }

  #takeBelow(listing: Listing, above: Above, found: FoundRecords): void {
    const { depth, type } = found;
    for (const path of above.leave(depth)) this.#leave(path);
    if (depth === 0) {
      this.#begin(listing, found, false);
      return above.enter(listing.at);
    }
    const dir = above.at(depth);
    if (!dir || !isOneName(found.name)) return;
    above.tells(depth, found.name);
    if (type !== c.S_IFDIR) return this.#sorting.entry(dir, found);
    const path = below(dir, found.name)!;
    above.enter(this.#sorting.enter(path, found) ? path : undefined);
  }

  #begin(listing: Listing, found: FoundRecords, isMade: boolean): void {
    const { start, isClosed } = found;
    this.#sorting.clock(found);
    const dir = listing.next(found);
    if (dir || start === this.#topStart) this.#sorting.began(start.slice(2), found);
    if (dir && isClosed) return listing.pass(); // nothing tells what is in it
    if (dir && dir.length > 0 && !isMade && !this.#sorting.make(dir)) listing.pass();
  }

  #leave(path: RelativePath | undefined): void {
    if (path) this.#sorting.leave(path);
  }

  #directory(path: RelativePath, { isClosed }: FoundRecords): void {
    if (isClosed) this.#sorting.left.tree(path);
    else this.#pending.push(path);
  }
}
