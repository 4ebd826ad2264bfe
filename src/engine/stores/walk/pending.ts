/** Directories that a walk has still to do, last in first out: several at a time, each of which may lead to more. */
import type { Bundle } from '../../../profile/bundle.ts';
import type { Entry } from '../../../store/entry.ts';
import { namesIn } from '../../../store/named.ts';
import { orAborted } from '../../../work/abort.ts';
import { NamePacker } from '../../../work/posix/dirents.ts';
import { join } from '../../../work/posix/path.ts';

export type Tree = {
  readonly path: Uint8Array;
  readonly fresh: boolean;
  /** as it was found a moment ago */
  readonly entry: Entry | undefined;
};

/** Directories found in one. */
export type Trees = Pick<Bundle, 'dir' | 'names' | 'fresh'> & { readonly entries?: readonly Entry[] };

type Frame = {
  readonly dir: Uint8Array;
  readonly names: Uint8Array;
  readonly fresh: Uint8Array;
  readonly entries: readonly Entry[];
  at: number;
  index: number;
};

/** How much is done here: enough, but for what it led to; and too much of that, too. */
export type Limits = { readonly isEnough: () => boolean; readonly isMuch: () => boolean };

export class Pending {
  readonly #frames: Frame[] = [];
  #underWay = 0;
  #changed = Promise.withResolvers<void>();

  push({ dir, names, fresh, entries = [] }: Trees): void {
    if (names.length > 0)
      this.#frames.push({ dir, names, fresh: fresh ?? new Uint8Array(0), entries, at: 0, index: 0 });
  }

  /**
   * Gives one after the other, as long as it is not enough and those under way may lead to more. The signal ends that: who
   * was given one as it came does not take it. When it is enough what was found last is given all the same, as long as it
   * is not much, but for one run of names: others would have a job for each.
   */
  async *take({ isEnough, isMuch }: Limits, signal: AbortSignal): AsyncGenerator<Tree> {
    while (!isMuch()) {
      const next = isEnough() && this.#frames.length === 1 ? undefined : this.#pop();
      if (next) {
        this.#underWay++;
        yield next;
      } else if (this.#underWay > 0) await orAborted(this.#changed.promise, signal);
      else return;
    }
  }

  /** One that was taken is done. */
  ended(): void {
    this.#underWay--;
    this.#changed.resolve();
    this.#changed = Promise.withResolvers<void>();
  }

  /** What nobody took. */
  left(): Bundle[] {
    return this.#frames.map(({ dir, names, fresh, at, index }) => {
      return { dir, names: names.slice(at), what: 'trees', fresh: fresh.slice(index), slice: 0 };
    });
  }

  #pop(): Tree | undefined {
    const frame = this.#frames.at(-1);
    if (!frame) return undefined;
    const end = frame.names.indexOf(0, frame.at);
    const path = join(frame.dir, frame.names.subarray(frame.at, end));
    const entry = frame.entries[frame.index];
    const fresh = frame.fresh[frame.index++] === 1;
    frame.at = end + 1;
    if (frame.at >= frame.names.length) this.#frames.pop();
    return { path, fresh, entry };
  }
}

/** Directories found in one, to be walked next. */
export class Below {
  readonly #names = new NamePacker();
  readonly #fresh: number[] = [];
  readonly #entries: Entry[] = [];

  add(name: Uint8Array, fresh: boolean, entry: Entry): void {
    this.#names.addBytes(name);
    this.#fresh.push(fresh ? 1 : 0);
    this.#entries.push(entry);
  }

  /** Undefined where there are none. */
  take(dir: Uint8Array): Trees | undefined {
    if (this.#names.count === 0) return undefined;
    return { dir, names: this.#names.take(), fresh: Uint8Array.from(this.#fresh), entries: this.#entries };
  }
}

/** Those that are new, and the others. */
export function partition({ dir, names, fresh, entries }: Trees): readonly [Trees, Trees] {
  const [isNew, others] = [new Below(), new Below()];
  let at = 0;
  for (const name of namesIn(names)) {
    const isFresh = fresh?.[at] === 1;
    (isFresh ? isNew : others).add(name, isFresh, entries![at++]!);
  }
  const none = { dir, names: new Uint8Array(0), fresh: undefined };
  return [isNew.take(dir) ?? none, others.take(dir) ?? none];
}
