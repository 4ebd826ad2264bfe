/**
 * New trees from a place with a shell to this disk, in a thread of their own: directories are listed there many at a
 * time and made here as they are listed; what is in them comes in batches while the listing goes on. What is not as
 * simple as that, or did not arrive, is left for somebody who takes more time.
 */

import type { Outcome } from '../../conduct/jobs.ts';
import { Ledger } from '../../conduct/ledger.ts';
import { linkKeyOf } from '../../conduct/link-key.ts';
import { TransferError } from '../../errors.ts';
import type { Bundle } from '../../profile/bundle.ts';
import { compileRules } from '../../profile/filter.ts';
import { tallyFile } from '../../profile/profile.ts';
import { below, isOneName, type RelativePath, relativePath, splitPath } from '../../store/path.ts';
import * as c from '../../work/posix/constants.ts';
import { Fetching, type UnpackLinks } from './fetching.ts';
import { FoundRecords } from './found-records.ts';
import { text } from './layout.ts';
import { Leftovers } from './leftovers.ts';
import { Listing } from './listing.ts';
import { makeNew, openRoot } from './make-new.ts';
import { tellsAlike } from './takes.ts';
import { TreeBatch } from './tree-batch.ts';
import type { UnpackSetup } from './unpack-words.ts';

const mostListed = 256; // directories in one run of find
const mostInOrder = { entries: 100_000, bytes: 2 ** 30 };
const mostInBatch = { entries: 4000, bytes: 32 * 1024 * 1024 };

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
  readonly #excluded: ReturnType<typeof compileRules> | undefined;
  readonly #fetching: Fetching;
  readonly #pending: RelativePath[] = [];
  readonly #tag: Buffer;
  /** where nobody says what time it is there, all is young */
  readonly #listed = { times: new Map<string, [seconds: number, ns: number]>(), nowSeconds: 0 };
  #batch = new TreeBatch(this.#listed);
  #spent = { entries: 0, bytes: 0 };

  constructor(setup: UnpackSetup, root: number, top: RelativePath, id: number, links: UnpackLinks) {
    this.#setup = setup;
    this.#root = root;
    this.#top = top;
    this.#topStart = `./${text(top)}`;
    this.#links = links;
    this.#tag = Buffer.from(setup.how.tag);
    this.#ledger = new Ledger(setup.verbose);
    this.#ledger.open(id);
    this.#fetching = new Fetching({ setup, root, links, ledger: this.#ledger, left: this.#left });
    this.#excluded = setup.rules.length > 0 ? compileRules(setup.rules) : undefined;
  }

  async run({ dir, names }: Bundle): Promise<Outcome> {
    const { signal } = this.#links;
    try {
      for (const name of namesIn(names)) this.#pending.push(below(relativePath(dir)!, name)!);
      while (this.#pending.length > 0 && !this.#isSpent) await this.#list(this.#pending.splice(-mostListed));
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
    return this.#spent.entries >= mostInOrder.entries || this.#spent.bytes >= mostInOrder.bytes;
  }

  /** Makes these directories and takes what is in them. */
  async #list(dirs: readonly RelativePath[]): Promise<void> {
    const listing = new Listing(dirs);
    const run = this.#links.far('list', listing.words());
    try {
      const found = new FoundRecords();
      for await (const chunk of run.chunks) {
        found.push(chunk);
        while (found.next()) {
          this.#take(listing, found);
          if (this.#isFull) await this.#send();
        }
      }
      this.#leaves(listing);
      if ((await run.code) !== 0) listing.doubt();
    } catch (error) {
      run.refuse();
      this.#links.signal.throwIfAborted();
      if (!(error instanceof TransferError)) throw error;
      listing.doubt();
    }
    for (const dir of listing.doubted()) this.#left.tree(dir);
  }

  #take(listing: Listing, found: FoundRecords): void {
    if (found.depth === 0) return this.#begin(listing, found);
    const dir = listing.at;
    if (!dir || !isOneName(found.name)) return;
    if (this.#excludes(dir, found)) this.#ledger.notice('excluded');
    else if (found.type === c.S_IFDIR) this.#directory(below(dir, found.name)!, found);
    else this.#entry(dir, found);
  }

  #begin(listing: Listing, found: FoundRecords): void {
    const { start, seconds, ns, nowSeconds } = found;
    this.#leaves(listing);
    this.#listed.nowSeconds ||= nowSeconds ?? 0;
    const dir = listing.next(found);
    if (dir || start === this.#topStart) this.#listed.times.set(start.slice(2), [seconds, ns]);
    if (dir) this.#make(dir, listing);
  }

  /** The one it is in gets its time back once more. */
  #make(dir: RelativePath, listing: Listing): void {
    this.#batch.uses(splitPath(dir).dir);
    if (!makeNew(this.#root, dir)) listing.pass();
  }

  /** All that is in it was listed. */
  #leaves({ at }: Listing): void {
    if (!at) return;
    this.#spent.entries++;
    this.#batch.uses(at, true);
  }

  #excludes(dir: RelativePath, { name, type }: FoundRecords): boolean {
    return this.#excluded?.(text(below(dir, name)!), type === c.S_IFDIR) === true;
  }

  #directory(path: RelativePath, { isClosed }: FoundRecords): void {
    if (isClosed) this.#left.tree(path);
    else this.#pending.push(path);
  }

  #entry(dir: RelativePath, found: FoundRecords): void {
    if (!this.#isSimple(found)) return this.#left.entry(below(dir, found.name)!);
    const isFile = found.type === c.S_IFREG;
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
    profile.linkedFiles++;
    this.#spent.entries++;
    this.#links.moved(0, 1);
  }

  #isSimple({ type, size, seconds, name }: FoundRecords): boolean {
    const { how, inlineBytes } = this.#setup;
    if (type === c.S_IFSOCK || !tellsAlike(seconds) || (type === c.S_IFREG && size > inlineBytes))
      return false;
    if (!how.keep.specials && type !== c.S_IFREG && type !== c.S_IFLNK) return false;
    return !name.subarray(0, this.#tag.length).equals(this.#tag);
  }

  get #isFull(): boolean {
    return this.#batch.size >= mostInBatch.entries || this.#batch.bytes >= mostInBatch.bytes;
  }

  /** Resolves when another batch may be gathered. */
  #send(): Promise<void> {
    const batch = this.#batch;
    this.#batch = new TreeBatch(this.#listed);
    return this.#fetching.send(batch);
  }
}

function* namesIn(packed: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < packed.length; ) {
    const end = packed.indexOf(0, at);
    yield packed.slice(at, end);
    at = end + 1;
  }
}
