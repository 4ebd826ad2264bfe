/**
 * Walks a bundle over the source until there is enough for one Part. Only looks at the source: what is the same at the
 * destination is for rsync to say. What is left goes to others: at once, or when the directories it is in are made, so
 * that each is made by the Part that found it.
 */
import { intoItself } from '../../conduct/into-itself.ts';
import { linkKeyOf } from '../../conduct/link-key.ts';
import type { Bundle } from '../../profile/bundle.ts';
import { excludesUnlisted } from '../../profile/filter-unlisted.ts';
import { emptyProfile } from '../../profile/profile.ts';
import { tallyDirectory } from '../../profile/tally.ts';
import { tallyListed } from '../../profile/tally-listed.ts';
import type { DirectoryEntry, Entry, Unlisted } from '../../store/entry.ts';
import { existing } from '../../store/existing.ts';
import { namesIn, pathIn } from '../../store/named.ts';
import { itself, type RelativePath, splitPath } from '../../store/path.ts';
import { whyUnsized } from '../../store/unsized.ts';
import { each } from '../../work/each.ts';
import { NamePacker } from '../../work/posix/dirents.ts';
import { pathKey } from '../../work/posix/path.ts';
import { byDirectory } from './by-directory.ts';
import type { Hand } from './hand.ts';
import { isTooLong, tooLong } from './long-path.ts';
import { Part } from './part.ts';
import { firstTrees, largeBytes, mostEntries, overTimes, PartSize, piecesOf } from './part-size.ts';
import { isTakenAlone, takenIn } from './taken.ts';

export type GatherHow = {
  readonly isCounted: boolean; // else it was when it was found
  readonly linksToo: boolean; // names with several links go here too
  readonly descend: boolean; // directories among names are walked too
  readonly share: (bundle: Bundle) => void;
};

/** What goes together, and what of it waits for the directories that others are to go on with. */
export type Gathered = { readonly part: Part; readonly late: readonly Bundle[] };

const directoriesAtOnce = 8;
const statsAtOnce = 32;

export async function gather(hand: Hand, bundle: Bundle, how: GatherHow): Promise<Gathered> {
  return new Gathering(hand, bundle, how).run();
}

class Gathering {
  readonly #hand: Hand;
  readonly #bundle: Bundle;
  readonly #how: GatherHow;
  #part: Part;
  /** directories that nobody has been in yet, last in first out */
  readonly #trees: RelativePath[] = [];
  readonly #late: Bundle[] = [];
  readonly #profile;
  readonly #room: PartSize;
  #slices = 0;
  #isFirst = false;

  constructor(hand: Hand, bundle: Bundle, how: GatherHow) {
    this.#hand = hand;
    this.#bundle = bundle;
    this.#how = how;
    this.#room = new PartSize(hand.crewed.setup);
    const isListed = bundle.what === 'entries' && bundle.slice === 0;
    this.#part = new Part({ isListed });
    this.#profile = how.isCounted ? hand.ledger.out.profile : emptyProfile();
  }

  async run(): Promise<Gathered> {
    const { what, dir, names } = this.#bundle;
    const isRoot = dir.length === 0 && (what === 'trees' ? names[0] === 0 : names.length === 0);
    this.#isFirst = isRoot && what === 'trees';
    if (isRoot) await this.#root();
    if (what === 'trees') for (const name of namesIn(names)) this.#trees.push(pathIn(dir, name));
    else await this.#named(dir, names);
    await this.#walk();
    this.#shareTrees();
    return { part: this.#part, late: this.#late };
  }

  async #root(): Promise<void> {
    const root = await this.#hand.crewed.setup.source.stat(itself, this.#hand.signal);
    this.#part = new Part({ root, isListed: this.#part.isListed });
  }

  #isOver(times: number): boolean {
    const isAwaited = this.#isAwaited && (this.#trees.length > 0 || this.#late.length > 0);
    return this.#room.isOver(this.#part, { times, isFirst: this.#isFirst, isAwaited });
  }

  /**
   * Whether others wait until the directories that they go on in are made. Where nothing was there and each rsync takes
   * long to start, whoever comes first makes them: to rsync that is the same.
   */
  get #isAwaited(): boolean {
    const { rootIsNew, dryRun } = this.#hand.crewed.setup;
    return dryRun || !rootIsNew || this.#room.isShort;
  }

  async #named(dir: Uint8Array, names: Uint8Array): Promise<void> {
    const { signal } = this.#hand;
    const isOnly = names.indexOf(0) === names.length - 1;
    await each(statsAtOnce, from(namesIn(names)), signal, async (name) => {
      const path = pathIn(dir, name);
      try {
        const entry = await existing(this.#hand.crewed.setup.source, path, signal);
        if (!(await isTakenAlone(this.#hand, entry))) this.#found(entry, isOnly);
      } catch (error) {
        this.#hand.failed(path, error);
      }
    });
  }

  async #walk(): Promise<void> {
    for (let last: string | undefined; this.#trees.length > 0; ) {
      const above = pathKey(splitPath(this.#trees.at(-1)!).dir);
      if (this.#isFirst && !this.#isAwaited && this.#trees.length >= firstTrees) return;
      if (this.#isOver(1) && (above !== last || this.#isOver(overTimes))) return;
      last = above;
      const some = this.#trees.splice(-directoriesAtOnce);
      await each(directoriesAtOnce, from(some), this.#hand.signal, (dir) => this.#directory(dir));
    }
  }

  async #directory(dir: RelativePath): Promise<void> {
    const { crewed, signal } = this.#hand;
    const others = new NamePacker();
    if (this.#how.isCounted) tallyDirectory(this.#profile, dir);
    try {
      const isTaken = await takenIn(this.#hand, dir);
      for await (const entry of crewed.setup.source.list(dir, signal)) {
        if (entry.kind === 'unlisted') this.#unlisted(entry);
        else if (isTaken(entry)) continue;
        else if (this.#isOver(overTimes)) this.#later(dir, others, entry);
        else this.#found(entry, false);
      }
    } catch (error) {
      this.#hand.failed(dir, error);
    }
    if (!this.#how.descend && this.#slices === 0) crewed.cases?.forget(dir);
    this.#give(dir, others);
  }

  #unlisted({ path, error }: Unlisted): void {
    const { crewed, ledger } = this.#hand;
    if (excludesUnlisted(crewed.excluded, path)) ledger.notice('excluded');
    else this.#hand.failed(path, error);
  }

  /** The rest of a directory that is too much for one Part. */
  #later(dir: RelativePath, others: NamePacker, { path }: Entry): void {
    others.addBytes(splitPath(path).name);
    if (others.count >= mostEntries) this.#give(dir, others);
  }

  #give(dir: Uint8Array, names: NamePacker): void {
    if (names.count === 0) return;
    this.#share({ dir, names: names.take(), what: 'entries', fresh: undefined, slice: ++this.#slices });
  }

  #found(entry: Entry, isOnly: boolean): void {
    const { ledger, crewed } = this.#hand;
    const isDirectory = entry.kind === 'directory';
    if (crewed.excluded?.(pathKey(entry.path), isDirectory)) return ledger.notice('excluded');
    if (isTooLong(entry, crewed.setup)) return this.#hand.failed(entry.path, tooLong(entry));
    const why = whyUnsized(entry);
    if (why) return this.#hand.failed(entry.path, why);
    if (isDirectory) return this.#isDest(entry) ? undefined : this.#enter(entry);
    if (entry.kind === 'file' && entry.size >= largeBytes && !isOnly) return this.#alone(entry);
    tallyListed(this.#profile, entry);
    if (this.#isOurs(entry)) return;
    if (isSpecial(entry) && !crewed.setup.keep.specials) return ledger.notice('special');
    if (!this.#isLinked(entry)) this.#part.add(entry);
  }

  #isDest({ path, file }: DirectoryEntry): boolean {
    if (file === undefined || file !== this.#hand.crewed.destFile) return false;
    this.#hand.ledger.failed({ path, ...intoItself });
    return true;
  }

  #enter(entry: Entry): void {
    if (this.#isOurs(entry)) return;
    const { what, slice } = this.#bundle;
    this.#part.add(entry);
    if (what === 'trees' || slice > 0 || this.#how.descend) this.#trees.push(entry.path);
    else if (this.#how.isCounted) tallyDirectory(this.#profile, entry.path);
  }

  #alone({ path }: Entry): void {
    const { dir, name } = splitPath(path);
    const names = Uint8Array.of(...name, 0);
    this.#share({ dir, names, what: 'entries', fresh: undefined, slice: ++this.#slices });
  }

  /** What is in a directory that is there already is for others at once. */
  #share(bundle: Bundle): void {
    if (this.#isAwaited && this.#part.entries.has(pathKey(bundle.dir))) this.#late.push(bundle);
    else this.#how.share(bundle);
  }

  #leave(bundle: Bundle): void {
    if (this.#isAwaited) this.#late.push(bundle);
    else this.#how.share(bundle);
  }

  /** A source name that looks like one of ours at the destination: never written, always said. */
  #isOurs({ path }: Entry): boolean {
    const name = pathKey(splitPath(path).name);
    if (!name.startsWith(this.#hand.crewed.setup.tag)) return false;
    const message = 'its name is one that difpipe uses for unfinished files here';
    this.#hand.ledger.failed({ path, kind: 'refused', message, hint: 'rename or remove it' });
    return true;
  }

  /** Names that share one file are joined when all are known. */
  #isLinked(entry: Entry): boolean {
    const { keep, single } = this.#hand.crewed.setup;
    if (entry.kind === 'directory' || entry.linked === undefined) return false;
    if (!keep.hardlinks || single || this.#how.linksToo) return false;
    this.#hand.ledger.out.links.push({ ...linkKeyOf(entry.linked), ...splitPath(entry.path) });
    return true;
  }

  /** What nobody has been in is for others, the directories of one place together. */
  #shareTrees(): void {
    for (const { dir, names } of byDirectory(this.#trees))
      for (const some of this.#divided(names))
        this.#leave({ dir, names: some, what: 'trees', fresh: undefined, slice: 0 });
  }

  /** After the first Part nobody else has anything to do yet. */
  #divided(names: Uint8Array): Uint8Array[] {
    return this.#isFirst ? piecesOf(names, this.#room.isShort ? 'short' : 'long') : [names];
  }
}

function isSpecial({ kind }: Entry): boolean {
  return kind !== 'file' && kind !== 'symlink' && kind !== 'directory';
}

async function* from<T>(items: Iterable<T>): AsyncGenerator<T> {
  yield* items;
}
