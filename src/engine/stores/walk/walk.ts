/**
 * Walks a bundle over a store: some directories at a time, in each of them some entries at a time, until its budget
 * is spent. Answers what is left. Rejects with the signal's reason, and then nothing is said of what is left.
 */

import type { Bundle } from '../../../profile/bundle.ts';
import { tallyDirectory } from '../../../profile/tally.ts';
import { descend } from '../../../profile/visitor.ts';
import type { Entry, Listed } from '../../../store/entry.ts';
import { namesIn, pathIn } from '../../../store/named.ts';
import { type RelativePath, splitPath } from '../../../store/path.ts';
import { each } from '../../../work/each.ts';
import { Pause } from '../../../work/pause.ts';
import { listed } from './listed.ts';
import { Named } from './named.ts';
import { openDir } from './open-dir.ts';
import { Below, Pending, partition, type Trees } from './pending.ts';
import { Showing } from './showing.ts';
import type { Dir, Visitor } from './visitor.ts';
import type { Walking } from './walking.ts';

/** An entry, or the path of one to look at. */
type Found = Listed | { readonly kind: 'named'; readonly path: RelativePath };
type FindIn<Here> = (here: Here) => readonly Found[] | AsyncIterable<Found>;

const directoriesAtOnce = 16; // a store may list several for the price of one
const entriesAtOnce = 8; // of each directory at least
const enoughBytes = 16 * 1024 * 1024; // under way: then a round trip is not what takes time

export class Walk<Here> {
  readonly #with: Walking;
  readonly #visitor: Visitor<Here>;
  readonly #showing: Showing<Here>;
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
    this.#showing = new Showing(given, visitor);
  }

  run(bundle: Bundle): Promise<Bundle[]> {
    return bundle.what === 'trees' ? this.#trees(bundle) : this.#entries(bundle);
  }

  async #trees(first: Trees): Promise<Bundle[]> {
    const { spent: isEnough, overspent: isMuch, signal } = this.#with;
    const pending = new Pending();
    pending.push(first);
    await each(
      directoriesAtOnce,
      pending.take({ isEnough, isMuch }, signal),
      signal,
      async ({ path, fresh, entry }) => {
        try {
          const below = await this.#directory(pathIn(path, new Uint8Array(0)), fresh, entry);
          if (below) pending.push(this.#keep(below));
        } finally {
          pending.ended();
        }
      },
    );
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
    return this.#below(
      dir,
      (here) => this.#now(path, here) ?? listed(this.#with, dir, { visitor: this.#visitor, here }),
    );
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
      'length' in found
        ? found.filter((one) => !this.#showing.passes(here, one))
        : this.#unsettled(here, found);
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
    try {
      return await openDir(this.#with, path, how, known);
    } catch (error) {
      for (const name of names) this.#visitor.failed(pathIn(path, name), error);
      if (names.length === 0) this.#visitor.failed(path, error);
      return undefined;
    }
  }

  /** But for what is as it should be. */
  async *#unsettled(here: Here, found: AsyncIterable<Found>): AsyncGenerator<Found> {
    for await (const entry of found) if (!this.#showing.passes(here, entry)) yield entry;
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
      const verdict = await this.#showing.show(here, entry);
      if (entry.kind === 'directory' && verdict !== descend.no)
        this.#goOn(dir, entry, verdict === descend.fresh, below);
    } catch (error) {
      this.#visitor.failed(found.path, error);
    } finally {
      this.#bytes -= bytes;
    }
  }

  #goOn(dir: Dir, entry: Entry, fresh: boolean, below: Below): void {
    if (dir.whole || dir.slice > 0 || this.#with.descendInto)
      below.add(splitPath(entry.path).name, fresh, entry);
    else this.#alone.push({ path: entry.path, fresh });
  }
}
