/**
 * New trees from a place with a shell to this disk, in a thread of their own: directories are listed there many at a
 * time and made here as they are listed; what is in them comes in batches while the listing goes on. What is not as
 * simple as that, or did not arrive, is left for somebody who takes more time.
 */

import type { Outcome } from '../../../conduct/jobs.ts';
import { Ledger } from '../../../conduct/lanes/ledger.ts';
import { linkKeyOf } from '../../../conduct/links/link-key.ts';
import { TransferError } from '../../../errors.ts';
import type { Bundle } from '../../../profile/bundle.ts';
import { type Excluded, excludedBy } from '../../../profile/filter.ts';
import { tallyFile, tallyLinked } from '../../../profile/profile.ts';
import { tallyDirectory } from '../../../profile/tally.ts';
import { namesIn } from '../../../store/named.ts';
import { below, isOneName, itself, type RelativePath, relativePath, splitPath } from '../../../store/path.ts';
import * as c from '../../../work/posix/constants.ts';
import { pathKey } from '../../../work/posix/path.ts';
import { TreeBatch } from './batch.ts';
import { isFull } from './batch-full.ts';
import { Fetching, type UnpackLinks } from './fetching.ts';
import { Above } from './find-position.ts';
import { FoundRecords } from './found-records.ts';
import { isSimple } from './goes-together.ts';
import { Leftovers } from './leftovers.ts';
import { Listing } from './listing.ts';
import { makeNew, openRoot } from './make-new.ts';
import type { UnpackSetup } from './unpack-words.ts';

const mostListed = 256; // directories in one run of find
/** What is longer is looked at by others, who say what cannot be reached. */
const mostPathBytes = 3500;

/** Rejects with the signal's reason; then what has no final name is gone. */
export async function unpackTrees(
  setup: UnpackSetup,
  { bundle, id }: { readonly bundle: Bundle; readonly id: number },
  links: UnpackLinks,
): Promise<Outcome> {
  using root = openRoot(setup.root);
  return await new Trees(setup, root.fd, bundle.dir as RelativePath, id, links).run(bundle);
}

class Trees {
  readonly #setup: UnpackSetup;
  readonly #root: number;
  readonly #top: RelativePath;
  readonly #topStart: string; // as find is given it
  readonly #links: UnpackLinks;
  readonly #ledger: Ledger;
  readonly #left = new Leftovers();
  readonly #excluded: Excluded | undefined;
  readonly #fetching: Fetching;
  readonly #pending: RelativePath[] = [];
  readonly #tag: Buffer;
  /** where nobody says what time it is there, all is young */
  readonly #listed = { times: new Map<string, [seconds: number, ns: number]>(), nowSeconds: 0 };
  #batch = new TreeBatch(this.#listed);
  #sent = 0;
  #spent = { entries: 0, bytes: 0 };

  constructor(setup: UnpackSetup, root: number, top: RelativePath, id: number, links: UnpackLinks) {
    this.#setup = setup;
    this.#root = root;
    this.#top = top;
    this.#topStart = `./${pathKey(top)}`;
    this.#links = links;
    this.#tag = Buffer.from(setup.how.tag);
    this.#ledger = new Ledger(setup);
    this.#ledger.open(id);
    this.#fetching = new Fetching({ setup, root, links, ledger: this.#ledger, left: this.#left });
    this.#excluded = excludedBy(setup.rules);
  }

  async run({ dir, names }: Bundle): Promise<Outcome> {
    const { signal } = this.#links;
    try {
      for (const name of namesIn(names))
        this.#pending.push(name.length > 0 ? below(relativePath(dir)!, name)! : itself);
      const isDeep = this.#setup.isFar && !this.#excluded; // what is left out is not to be listed either
      while (this.#pending.length > 0 && !this.#isSpent) {
        const dirs = this.#pending.splice(-mostListed);
        await (isDeep ? this.#listAll(dirs) : this.#list(dirs));
      }
      this.#batch.uses(this.#top); // others were made in it
      await this.#send();
    } finally {
      await this.#fetching.all();
    }
    signal.throwIfAborted();
    for (const path of this.#pending) this.#left.newTree(path);
    this.#ledger.out.rest.push(...this.#left.take());
    return this.#ledger.out;
  }

  get #isSpent(): boolean {
    if (this.#fetching.isFull) return true;
    const { most } = this.#setup;
    return this.#spent.entries >= most.entries || this.#spent.bytes >= most.bytes;
  }

  /** Makes these directories and takes what is in them; of those that were begun, what was not `told`. */
  async #list(dirs: readonly RelativePath[], told?: ReturnType<Above['told']>): Promise<void> {
    const take = (listing: Listing, found: FoundRecords) => this.#take(listing, found, told);
    await this.#read('list', dirs, take, (listing) => this.#leaves(listing.at));
  }

  /** The same, with all below them, until that is enough. */
  async #listAll(dirs: readonly RelativePath[]): Promise<void> {
    const above = new Above();
    const take = (listing: Listing, found: FoundRecords) => this.#takeBelow(listing, above, found);
    const isWhole = await this.#read('list all', dirs, take, () => {
      for (const path of above.leave(0)) this.#leaves(path);
    });
    if (!isWhole) await this.#list(above.paths(), above.told());
  }

  /** False where there was enough before the end of the list. */
  async #read(
    work: 'list' | 'list all',
    dirs: readonly RelativePath[],
    take: (listing: Listing, found: FoundRecords) => void,
    ended: (listing: Listing) => void,
  ): Promise<boolean> {
    const listing = new Listing(dirs, this.#topStart);
    const run = this.#links.far(work, listing.words());
    try {
      const found = new FoundRecords();
      for await (const chunk of run.chunks) {
        found.push(chunk);
        while (found.next()) {
          take(listing, found);
          if (this.#isFull) await this.#send();
          if (work === 'list' || !this.#isSpent) continue;
          run.refuse();
          this.#pending.push(...listing.unseen());
          return false;
        }
      }
      ended(listing);
      if ((await run.code) !== 0) listing.doubt();
    } catch (error) {
      run.refuse();
      this.#links.signal.throwIfAborted();
      if (!(error instanceof TransferError)) throw error;
      listing.doubt();
    }
    for (const dir of listing.doubted()) this.#left.tree(dir);
    return true;
  }

  #take(listing: Listing, found: FoundRecords, told: ReturnType<Above['told']> | undefined): void {
    if (found.depth === 0) {
      this.#leaves(listing.at);
      return this.#begin(listing, found, told !== undefined);
    }
    const dir = listing.at;
    if (!dir || !isOneName(found.name) || told?.get(pathKey(dir))?.has(found.name.toString('latin1'))) return;
    const isDirectory = found.type === c.S_IFDIR;
    if (this.#excluded?.(pathKey(below(dir, found.name)!), isDirectory)) this.#ledger.notice('excluded');
    else if (isDirectory) this.#directory(below(dir, found.name)!, found);
    else this.#entry(dir, found);
  }

  #takeBelow(listing: Listing, above: Above, found: FoundRecords): void {
    const { depth, type } = found;
    for (const path of above.leave(depth)) this.#leaves(path);
    if (depth === 0) {
      this.#begin(listing, found, false);
      return above.enter(listing.at);
    }
    const dir = above.at(depth);
    if (!dir || !isOneName(found.name)) return;
    above.tells(depth, found.name);
    if (type === c.S_IFDIR) above.enter(this.#enters(below(dir, found.name)!, found));
    else this.#entry(dir, found);
  }

  /** Undefined where it is for others. */
  #enters(path: RelativePath, { isClosed, seconds, ns }: FoundRecords): RelativePath | undefined {
    this.#batch.uses(splitPath(path).dir);
    if (isClosed || path.length > mostPathBytes || !makeNew(this.#root, path)) {
      this.#left.tree(path);
      return undefined;
    }
    this.#listed.times.set(pathKey(path), [seconds, ns]);
    return path;
  }

  #begin(listing: Listing, found: FoundRecords, isMade: boolean): void {
    const { start, seconds, ns, nowSeconds } = found;
    this.#listed.nowSeconds ||= nowSeconds ?? 0;
    const dir = listing.next(found);
    if (dir || start === this.#topStart) this.#listed.times.set(start.slice(2), [seconds, ns]);
    if (dir && found.isClosed) return listing.pass(); // nothing tells what is in it
    if (dir && dir.length > 0 && !isMade) this.#make(dir, listing);
  }

  /** The one it is in gets its time back once more. */
  #make(dir: RelativePath, listing: Listing): void {
    this.#batch.uses(splitPath(dir).dir);
    if (!makeNew(this.#root, dir)) listing.pass();
  }

  /** All that is in it was listed. */
  #leaves(path: RelativePath | undefined): void {
    if (!path) return;
    this.#spent.entries++;
    this.#batch.uses(path, true);
    if (path.length === 0) tallyDirectory(this.#ledger.out.profile, path); // the place itself was made before
  }

  #directory(path: RelativePath, { isClosed }: FoundRecords): void {
    if (isClosed) this.#left.tree(path);
    else this.#pending.push(path);
  }

  #entry(dir: RelativePath, found: FoundRecords): void {
    const isFile = found.type === c.S_IFREG;
    if (isFile) this.#links.found(found.size);
    if (!isSimple(found, this.#setup, this.#tag)) return this.#left.entry(below(dir, found.name)!);
    if (isFile && found.links > 1 && this.#setup.how.keep.hardlinks) return this.#leaveLinked(dir, found);
    this.#spent.entries++;
    this.#spent.bytes += isFile ? found.size : 0;
    this.#batch.add(found, dir);
  }

  /** Names of one file are joined when all are known. */
  #leaveLinked(dir: RelativePath, { name, file, size, uid }: FoundRecords): void {
    const { links, profile } = this.#ledger.out;
    links.push({ ...linkKeyOf(file), dir, name: new Uint8Array(name) });
    tallyFile(profile, size);
    profile.owners[uid] = (profile.owners[uid] ?? 0) + 1;
    tallyLinked(profile, size);
    this.#spent.entries++;
    this.#links.moved(0, 1);
  }

  get #isFull(): boolean {
    return isFull(this.#batch, { isFar: this.#setup.isFar, before: this.#sent });
  }

  /** Resolves when another batch may be gathered. */
  #send(): Promise<void> {
    const batch = this.#batch;
    this.#sent++;
    this.#batch = new TreeBatch(this.#listed);
    return this.#fetching.send(batch);
  }
}
