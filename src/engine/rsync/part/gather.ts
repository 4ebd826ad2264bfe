/**
 * Walks a bundle over the source until there is enough for one Part. Only looks at the source: what is the same at the
 * destination is for rsync to say. What is left goes to others.
 */
import type { Bundle } from '../../../profile/bundle.ts';
import { tallyDirectory } from '../../../profile/tally.ts';
import { existing } from '../../../store/existing.ts';
import { namesIn, pathIn } from '../../../store/named.ts';
import { itself, type RelativePath, splitPath } from '../../../store/path.ts';
import { each } from '../../../work/each.ts';
import { pathKey } from '../../../work/posix/path.ts';
import type { Hand } from '../hand.ts';
import { Part } from './part.ts';
import { firstTrees, overTimes, PartSize } from './part-size.ts';
import { Sharing } from './sharing.ts';
import { type SortHow, Sorting } from './sorting.ts';
import { isTakenAlone, takenIn } from './taken.ts';

export type GatherHow = SortHow & { readonly share: (bundle: Bundle) => void };

type Begun = {
  readonly bundle: Bundle;
  readonly how: GatherHow;
  readonly part: Part;
  /** all there is */
  readonly isFirst: boolean;
};

/** What goes together, and what of it waits for the directories that others are to go on with. */
export type Gathered = { readonly part: Part; readonly late: readonly Bundle[] };

const directoriesAtOnce = 8;
const statsAtOnce = 32;

export async function gather(hand: Hand, bundle: Bundle, how: GatherHow): Promise<Gathered> {
  const { what, dir, names, slice } = bundle;
  const isRoot = dir.length === 0 && (what === 'trees' ? names[0] === 0 : names.length === 0);
  if (isRoot && what === 'trees') listAhead(hand);
  const root = isRoot ? await hand.crewed.setup.source.stat(itself, hand.signal) : undefined;
  const part = new Part({ root, isListed: what === 'entries' && slice === 0 });
  return new Gathering(hand, { bundle, how, part, isFirst: isRoot && what === 'trees' }).run();
}

/** A host that starts each program late would take as long again for each directory below another. */
function listAhead({ crewed: { setup }, signal }: Hand): void {
  setup.source.listAhead?.({ surely: true, anew: setup.suspectSince > 0n }, signal);
}

class Gathering {
  readonly #hand: Hand;
  readonly #begun: Begun;
  readonly #part: Part;
  readonly #size: PartSize;
  readonly #sharing: Sharing;
  readonly #sorting: Sorting;
  /** directories that nobody has been in yet, last in first out */
  readonly #trees: RelativePath[] = [];

  constructor(hand: Hand, begun: Begun) {
    const { how, isFirst, part } = begun;
    this.#hand = hand;
    this.#begun = begun;
    this.#part = part;
    this.#size = new PartSize(hand.crewed.setup);
    this.#sharing = new Sharing(part, {
      size: this.#size,
      isFirst,
      isAwaited: this.#isAwaited,
      share: how.share,
    });
    this.#sorting = new Sorting(hand, begun, this.#sharing, this.#trees);
  }

  async run(): Promise<Gathered> {
    const { what, dir, names } = this.#begun.bundle;
    if (what === 'trees') for (const name of namesIn(names)) this.#trees.push(pathIn(dir, name));
    else await this.#named(dir, names);
    await this.#walk();
    this.#sharing.trees(this.#trees);
    return { part: this.#part, late: this.#sharing.late };
  }

  #isOver(times: number): boolean {
    const isAwaited = this.#isAwaited && (this.#trees.length > 0 || this.#sharing.late.length > 0);
    return this.#size.isOver(this.#part, { times, isFirst: this.#begun.isFirst, isAwaited });
  }

  /**
   * Whether others wait until the directories that they go on in are made. Where nothing was there and each rsync takes
   * long to start, whoever comes first makes them: to rsync that is the same.
   */
  get #isAwaited(): boolean {
    const { rootIsNew, dryRun } = this.#hand.crewed.setup;
    return dryRun || !rootIsNew || this.#size.isShort;
  }

  async #named(dir: Uint8Array, names: Uint8Array): Promise<void> {
    const { signal } = this.#hand;
    const isOnly = names.indexOf(0) === names.length - 1;
    await each(statsAtOnce, namesIn(names), signal, async (name) => {
      const path = pathIn(dir, name);
      try {
        const entry = await existing(this.#hand.crewed.setup.source, path, signal);
        if (!(await isTakenAlone(this.#hand, entry))) this.#sorting.found(entry, isOnly);
      } catch (error) {
        this.#hand.failed(path, error);
      }
    });
  }

  async #walk(): Promise<void> {
    for (let last: string | undefined; this.#trees.length > 0; ) {
      const above = pathKey(splitPath(this.#trees.at(-1)!).dir);
      if (this.#begun.isFirst && !this.#isAwaited && this.#trees.length >= firstTrees) return;
      if (this.#isOver(1) && (above !== last || this.#isOver(overTimes))) return;
      last = above;
      const some = this.#trees.splice(-directoriesAtOnce);
      await each(directoriesAtOnce, some, this.#hand.signal, (dir) => this.#directory(dir));
    }
  }

  async #directory(dir: RelativePath): Promise<void> {
    const { crewed, signal } = this.#hand;
    const { how } = this.#begun;
    const sorting = this.#sorting;
    const rest = this.#sharing.rest(dir);
    if (how.isCounted) tallyDirectory(sorting.profile, dir);
    try {
      const isTaken = await takenIn(this.#hand, dir);
      for await (const entry of crewed.setup.source.list(dir, signal)) {
        if (entry.kind === 'unlisted') sorting.unlisted(entry);
        else if (isTaken(entry)) continue;
        else if (this.#isOver(overTimes)) rest.add(entry.path);
        else sorting.found(entry, false);
      }
    } catch (error) {
      this.#hand.failed(dir, error);
    }
    if (!how.descend && !this.#sharing.isBegun) crewed.cases?.forget(dir);
    rest.give();
  }
}
