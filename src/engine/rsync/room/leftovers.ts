/**
 * Takes away what killed runs of other engines left at the destination, in each directory that this run comes to: before
 * rsync puts its times right.
 */
import { Sweep } from '../../../conduct/sweep.ts';
import { isKind } from '../../../errors.ts';
import type { Bundle } from '../../../profile/bundle.ts';
import type { Entry, Listed } from '../../../store/entry.ts';
import { namesIn, pathIn } from '../../../store/named.ts';
import { itself, type RelativePath, relativePath, splitPath } from '../../../store/path.ts';
import type { Sieve } from '../../../store/rows.ts';
import { each } from '../../../work/each.ts';
import { pathKey } from '../../../work/posix/path.ts';
import type { Hand } from '../hand.ts';
import type { Part } from '../part/part.ts';
import type { RsyncSetup } from '../setup.ts';
import type { RoomPlace } from './room-places.ts';

/** As many as one `find` at the far end lists. */
const directoriesAtOnce = 256;

export class Leftovers {
  readonly #place: RoomPlace;
  readonly #setup: RsyncSetup;
  readonly #sweep: Sweep;

  constructor(place: RoomPlace, setup: RsyncSetup) {
    this.#place = place;
    this.#setup = setup;
    this.#sweep = new Sweep(setup);
  }

  /** Adds to the Part what has to be put right. What cannot be taken away has failed. */
  async sweep(hand: Hand, { what, dir, names }: Bundle, part: Part): Promise<void> {
    if (this.#setup.rootIsNew) return;
    const dirs = [part.root ? itself : relativePath(dir)!];
    if (what === 'trees') for (const name of namesIn(names)) dirs.push(pathIn(dir, name));
    for (const { kind, path } of part.entries.values()) if (kind === 'directory') dirs.push(path);
    await each(directoriesAtOnce, dirs, hand.signal, (one) => this.#sweepIn(hand, one, part));
  }

  async #sweepIn(hand: Hand, dir: RelativePath, part: Part): Promise<void> {
    if (!this.#sweep.isDue(dir)) return;
    const found = await this.#foundIn(hand, dir);
    for (const one of found) {
      try {
        await this.#remove(one, hand.signal);
      } catch (error) {
        hand.failed(one.path, error);
      }
    }
    if (found.length === 0) return;
    hand.wrote();
    if (dir.length === 0 || part.entries.has(pathKey(dir)) || this.#setup.single) return;
    const entry = await this.#setup.source.stat(dir, hand.signal);
    if (entry?.kind === 'directory') part.add(entry);
  }

  async #foundIn(hand: Hand, dir: RelativePath): Promise<readonly Entry[]> {
    const { dest } = this.#setup;
    const found: Entry[] = [];
    const add = (entry: Listed) => {
      if (entry.kind !== 'unlisted' && this.#isLeftover(pathKey(splitPath(entry.path).name)))
        found.push(entry);
    };
    try {
      const now = dest.listNow?.(dir, others);
      now?.forEach(add);
      if (!now) for await (const entry of dest.list(dir, hand.signal)) add(entry);
    } catch (error) {
      if (!isKind(error, ...notThere)) hand.failed(dir, error);
    }
    return found;
  }

  /** Not what waits to be gone on with. */
  #isLeftover(name: string): boolean {
    return name !== this.#setup.room && this.#sweep.takes(name);
  }

  async #remove({ kind, path }: Entry, signal: AbortSignal): Promise<void> {
    if (kind === 'directory') await this.#place.remove(path, signal);
    else await this.#setup.dest.remove(path, signal);
  }
}

/** Nothing is made of what cannot be ours. */
const others: Sieve = {
  passes: ({ bytes, start }) => bytes[start] !== 0x2e,
  done: () => undefined,
};

/** It is not made yet, or something else is in its place: rsync says what is to be said of it. */
const notThere = ['missing', 'conflict', 'refused', 'denied'] as const;
