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
import { tallyListed } from '../../profile/tally-listed.ts';
import { below, type RelativePath, relativePath, splitPath } from '../../store/path.ts';
import { type Found, FoundParser } from '../../store/sftp/found.ts';
import type { Entry, FileEntry } from '../../store/store.ts';
import { Fetching, type UnpackLinks } from './fetching.ts';
import { text } from './layout.ts';
import { Leftovers } from './leftovers.ts';
import { Listing } from './listing.ts';
import { makeNew, openRoot } from './make-new.ts';
import { takes } from './takes.ts';
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
  readonly #links: UnpackLinks;
  readonly #ledger: Ledger;
  readonly #left = new Leftovers();
  readonly #excluded: ReturnType<typeof compileRules> | undefined;
  readonly #fetching: Fetching;
  readonly #pending: RelativePath[] = [];
  #batch = new TreeBatch();
  #spent = { entries: 0, bytes: 0 };

  constructor(setup: UnpackSetup, root: number, top: RelativePath, id: number, links: UnpackLinks) {
    this.#setup = setup;
    this.#root = root;
    this.#top = top;
    this.#links = links;
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
      const parser = new FoundParser();
      for await (const chunk of run.chunks)
        for (const found of parser.push(chunk)) {
          this.#take(listing, found);
          if (this.#isFull) await this.#send();
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

  #take(listing: Listing, found: Found): void {
    if (found.depth === 0) {
      this.#leaves(listing);
      const dir = listing.next(found);
      if (dir) this.#make(dir, listing);
      return;
    }
    const dir = listing.at;
    const path = dir && below(dir, found.name);
    const entry = path && found.entryAt(path);
    if (entry) this.#entry(entry, dir, found);
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

  #entry(entry: Entry, dir: RelativePath, { isClosed, name }: Found): void {
    const { path } = entry;
    const isDirectory = entry.kind === 'directory';
    if (this.#excluded?.(text(path), isDirectory)) return this.#ledger.notice('excluded');
    if (isDirectory && isClosed) return this.#left.tree(path);
    if (isDirectory) return void this.#pending.push(path);
    if (!this.#isSimple(entry, name)) return this.#left.entry(path);
    if (entry.kind === 'file' && entry.linked !== undefined && this.#setup.how.keep.hardlinks)
      return this.#leaveLinked(entry, entry.linked);
    this.#spent.entries++;
    this.#spent.bytes += entry.kind === 'file' ? entry.size : 0;
    this.#batch.add(entry, dir);
  }

  /** Names of one file are joined when all are known. */
  #leaveLinked(entry: FileEntry, linked: string): void {
    const { out } = this.#ledger;
    out.links.push({ ...linkKeyOf(linked), ...splitPath(entry.path) });
    tallyListed(out.profile, entry);
    this.#spent.entries++;
    this.#links.moved(0, 1);
  }

  #isSimple(entry: Entry, name: Uint8Array): boolean {
    const { how, inlineBytes } = this.#setup;
    if (!takes(entry) || (entry.kind === 'file' && entry.size > inlineBytes)) return false;
    if (!how.keep.specials && entry.kind !== 'file' && entry.kind !== 'symlink') return false;
    return !text(name).startsWith(how.tag);
  }

  get #isFull(): boolean {
    return this.#batch.size >= mostInBatch.entries || this.#batch.bytes >= mostInBatch.bytes;
  }

  /** Resolves when another batch may be gathered. */
  #send(): Promise<void> {
    const batch = this.#batch;
    this.#batch = new TreeBatch();
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
