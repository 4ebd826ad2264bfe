/**
 * Walks a bundle over a store: some directories at a time, in each of them some entries at a time, until its budget
 * is spent. Answers what is left. Rejects with the signal's reason, and then nothing is said of what is left.
 */

import { TransferError } from '../../../errors.ts';
import type { Bundle } from '../../../profile/bundle.ts';
import { excludesUnlisted } from '../../../profile/filter-unlisted.ts';
import { tallyDirectory } from '../../../profile/tally.ts';
import { tallyListed } from '../../../profile/tally-listed.ts';
import { descend } from '../../../profile/visitor.ts';
import { show } from '../../../report/show.ts';
import type { Entry, Listed, Unlisted } from '../../../store/entry.ts';
import { existing } from '../../../store/existing.ts';
import { namesIn, pathIn } from '../../../store/named.ts';
import { type RelativePath, splitPath } from '../../../store/path.ts';
import { whyUnsized } from '../../../store/unsized.ts';
import { each } from '../../../work/each.ts';
import { Pause } from '../../../work/pause.ts';
import { pathKey } from '../../../work/posix/path.ts';
import { Named } from './named.ts';
import { Below, Pending, partition, type Trees } from './pending.ts';
import { Slices } from './slices.ts';
import type { Dir, Visitor } from './visitor.ts';
import type { Walking } from './walking.ts';

/** An entry, or the path of one to look at. */
type Found = Listed | { readonly kind: 'named'; readonly path: RelativePath };
type FindIn<Here> = (here: Here) => readonly Found[] | AsyncIterable<Found>;

const directoriesAtOnce = 16; // a store may list several for the price of one
const entriesAtOnce = 8; // of each directory at least
const enoughBytes = 16 * 1024 * 1024; // under way: then a round trip is not what takes time
const leastBeforeSharing = 500; // entries of a directory: smaller ones are done sooner than given away

export class Walk<Here> {
  readonly #with: Walking;
  readonly #visitor: Visitor<Here>;
  readonly #left: Bundle[] = [];
  readonly #pause = new Pause();
  readonly #named: Named;
  readonly #alone: { readonly path: RelativePath; readonly fresh: boolean }[] = [];
  #entered = 0;
  #bytes = 0;

  constructor(given: Walking, visitor: Visitor<Here>) {
    this.#with = given;
    this.#named = new Named(given);
    this.#visitor = visitor;
  }

  run(bundle: Bundle): Promise<Bundle[]> {
    return bundle.what === 'trees' ? this.#trees(bundle) : this.#entries(bundle);
  }

  async #trees(first: Trees): Promise<Bundle[]> {
    const { spent, signal } = this.#with;
    const pending = new Pending();
    pending.push(first);
    await each(directoriesAtOnce, pending.take(spent, signal), signal, async ({ path, fresh, entry }) => {
      try {
        const below = await this.#directory(pathIn(path, new Uint8Array(0)), fresh, entry);
        if (below) pending.push(this.#keep(below));
      } finally {
        pending.ended();
      }
    });
    return [...pending.left(), ...this.#left.splice(0)];
  }

  /** What is to be walked here. */
  #keep(below: Trees): Trees {
    if (!this.#with.leavesFresh) return below;
    const [fresh, others] = partition(below);
    const { dir, names, fresh: flags } = fresh;
    if (names.length > 0) this.#left.push({ dir, names, fresh: flags, what: 'trees', slice: 0 });
    return others;
  }

  async #directory(path: RelativePath, fresh: boolean, entry?: Entry): Promise<Trees | undefined> {
    const dir = await this.#open(path, { fresh, slice: 0, whole: true, alone: false }, [], entry);
    if (!dir) return undefined;
    await this.#pause.due();
    return this.#below(dir, (here) => this.#now(path, here) ?? this.#listed(dir, here));
  }

  /** What is at hand, but for what is as it should be. */
  #now(path: RelativePath, here: Here): readonly Listed[] | undefined {
    const { excluded, profile, source } = this.#with;
    const sieve = excluded ? undefined : this.#visitor.sieve?.(here, profile);
    return source.listNow?.(path, sieve);
  }

  /** Shows a directory and what of it there is to see; answers the directories to go on with. */
  async #below(dir: Dir, findIn: FindIn<Here>): Promise<Trees | undefined> {
    const here = await this.#visitor.enter(dir);
    if (!here) return undefined;
    const found = findIn(here);
    const below = new Below();
    const left =
      'length' in found ? found.filter((one) => !this.#passes(here, one)) : this.#unsettled(here, found);
    if (!('length' in left) || left.length > 0)
      await this.#lookAtAll(left, (one) => this.#look(dir, here, one, below));
    await this.#visitor.leave(here);
    return below.take(dir.path);
  }

  async #lookAtAll(
    found: readonly Found[] | AsyncIterable<Found>,
    look: (one: Found) => Promise<void>,
  ): Promise<void> {
    const { atOnce, signal } = this.#with;
    this.#entered++;
    try {
      const most = () => (this.#bytes < enoughBytes ? atOnce() / this.#entered : 0);
      await each(() => Math.max(entriesAtOnce, most()), found, signal, look);
    } finally {
      this.#entered--;
    }
  }

  async #entries({ dir: path, names, fresh, slice }: Bundle): Promise<Bundle[]> {
    const firsts = namesIn(names).take(entriesAtOnce);
    if (slice === 0) this.#named.askFirst(firsts.map((name) => pathIn(path, name)));
    const how = { fresh: fresh !== undefined, slice, whole: false, alone: names.length === 0 };
    const dir = await this.#open(pathIn(path, new Uint8Array(0)), how, [...namesIn(names)]);
    const below = dir && (await this.#below(dir, (here) => this.#foundUnder(dir, here, names)));
    await this.#visitAlone();
    return below ? this.#trees(this.#keep(below)) : [];
  }

  /** Directories that were named, but not what is in them. */
  async #visitAlone(): Promise<void> {
    for (const { path, fresh } of this.#alone.splice(0)) {
      const dir = await this.#open(path, { fresh, slice: 0, whole: false, alone: true });
      const here = dir && (await this.#visitor.enter(dir));
      if (dir) tallyDirectory(this.#with.profile, path);
      if (here) await this.#visitor.leave(here);
    }
  }

  /** Undefined where it is not there, which is said of it or of the names in it that are wanted. */
  async #open(
    path: RelativePath,
    how: Omit<Dir, 'path' | 'entry'>,
    names: Uint8Array[] = [],
    known?: Entry,
  ): Promise<Dir | undefined> {
    const { source, signal } = this.#with;
    try {
      const entry = known && !known.isBrief ? known : await existing(source, path, signal);
      if (entry.kind !== 'directory')
        throw new TransferError('missing', `cannot list ${show(path)}: it is no directory`);
      if (how.whole) tallyDirectory(this.#with.profile, path);
      return { path, entry, ...how };
    } catch (error) {
      for (const name of names) this.#visitor.failed(pathIn(path, name), error);
      if (names.length === 0) this.#visitor.failed(path, error);
      return undefined;
    }
  }

  /** What is in a directory; some of it goes to others when they have nothing to do. */
  async *#listed(dir: Dir, here: Here): AsyncGenerator<Listed> {
    const slices = new Slices(dir, this.#with.share);
    let seen = 0;
    try {
      for await (const entry of this.#with.source.list(dir.path, this.#with.signal)) {
        const isGiven =
          entry.kind !== 'unlisted' &&
          !this.#isLinked(entry) && // who looks at it again is not told
          (slices.isBegun || (seen++ >= leastBeforeSharing && this.#with.hungry()));
        if (!isGiven) yield entry;
        else {
          this.#visitor.gives(here, entry);
          await slices.add(entry.path);
        }
      }
    } catch (error) {
      this.#visitor.failed(dir.path, error);
    }
    await slices.give();
  }

  /** But for what is as it should be. */
  async *#unsettled(here: Here, found: AsyncIterable<Found>): AsyncGenerator<Found> {
    for await (const entry of found) if (!this.#passes(here, entry)) yield entry;
  }

  #passes(here: Here, found: Found): boolean {
    const { excluded, profile } = this.#with;
    if (found.kind !== 'file' || !this.#visitor.passes) return false;
    if (found.unsized || excluded?.(pathKey(found.path), false)) return false;
    if (!this.#visitor.passes(here, found)) return false;
    tallyListed(profile, found);
    return true;
  }

  async *#foundUnder(dir: Dir, here: Here, names: Uint8Array): AsyncGenerator<Found> {
    for (const name of namesIn(names)) {
      const path = pathIn(dir.path, name);
      const known = dir.slice > 0 ? this.#visitor.found(here, path) : undefined;
      yield known ?? { kind: 'named', path };
    }
  }

  async #look(dir: Dir, here: Here, found: Found, below: Below): Promise<void> {
    const bytes = found.kind === 'file' ? found.size : 0;
    this.#bytes += bytes;
    try {
      const entry = found.kind === 'named' ? await this.#named.next(found.path, dir.slice === 0) : found;
      if (entry.kind === 'unlisted') this.#unlisted(entry);
      else await this.#show(dir, here, entry, below);
    } catch (error) {
      this.#visitor.failed(found.path, error);
    } finally {
      this.#bytes -= bytes;
    }
  }

  #unlisted({ path, error }: Unlisted): void {
    if (!excludesUnlisted(this.#with.excluded, path)) throw error;
    this.#visitor.excluded();
  }

  #isLinked(entry: Entry): boolean {
    const { source, tellsLinks } = this.#with;
    return tellsLinks && source.linkOf !== undefined && entry.kind === 'file' && entry.linked !== undefined;
  }

  async #show(dir: Dir, here: Here, entry: Entry, below: Below): Promise<void> {
    const isDirectory = entry.kind === 'directory';
    const text = this.#with.excluded && pathKey(entry.path);
    if (text !== undefined && this.#with.excluded!(text, isDirectory)) return this.#visitor.excluded();
    if (!isDirectory) {
      const why = whyUnsized(entry);
      if (why) throw why;
      tallyListed(this.#with.profile, entry);
      return this.#visitor.entry(here, entry);
    }
    const verdict = await this.#visitor.directory(here, entry);
    if (verdict === descend.no) return;
    const fresh = verdict === descend.fresh;
    if (dir.whole || dir.slice > 0 || this.#with.descendInto)
      below.add(splitPath(entry.path).name, fresh, entry);
    else this.#alone.push({ path: entry.path, fresh });
  }
}
