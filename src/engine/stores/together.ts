/**
 * The small entries of a job, gathered while it walks and put in their places together. What does not arrive so goes
 * alone, which either helps or says why. Directories get their metadata back when all of theirs is in its place.
 */
import { isKind, TransferError } from '../../errors.ts';
import type { Action } from '../../report/events.ts';
import { show } from '../../report/show.ts';
import type { Batches, Carried, Carry } from '../../store/batch.ts';
import type { RelativePath } from '../../store/path.ts';
import { each } from '../../work/each.ts';
import { pathKey } from '../../work/posix/path.ts';
import type { Here } from './directory/here.ts';
import type { Lane } from './lane.ts';
import { dressBare } from './metadata/dress-bare.ts';
import { isToSettle, settleDirectory } from './metadata/keep-metadata.ts';

export type Item = Carry & {
  readonly action: Action;
  /** does the same without the others */
  readonly alone: () => Promise<unknown>;
  /** it cannot go with others, but its directory may */
  readonly isAlone?: boolean;
};

const aloneAtOnce = 8;
/** Of a directory: itself alone. */
const itsOwn = { names: new Uint8Array(0), what: 'entries', fresh: undefined, slice: 0 } as const;

export class Together {
  readonly #lane: Lane;
  readonly #batches: Batches;
  #items: Item[] = [];
  #bytes = 0;
  #entered = new Set<Here>();
  #going: Promise<void> = Promise.resolve();
  /** some go while more are added */
  #isBegun = false;

  constructor(lane: Lane, batches: Batches) {
    this.#lane = lane;
    this.#batches = batches;
  }

  /** `here` is the directory it is in, where that is at hand. Resolves when there is room for more. */
  async add(here: Here | undefined, item: Item): Promise<void> {
    if (!this.#batches.takes(item.entry, item.replaces)) return this.#addAlone(here, item);
    if (here) here.isBatched = true;
    const bytes = item.entry.kind === 'file' ? item.entry.size : 0;
    this.#items.push(item);
    this.#bytes += bytes;
    this.#lane.spentBytes += bytes;
    if (this.#isFull) await this.#next(() => this.#isFull);
    else if (!this.#isBegun && this.#isEnough) this.#begin();
  }

  /** One that cannot go with others waits for its directory, where that does. */
  async #addAlone(here: Here | undefined, item: Item): Promise<void> {
    if (here && !here.dir.fresh) return void (await item.alone());
    this.#items.push({ ...item, isAlone: true });
  }

  /** Settles a directory, as soon as all that was added of it is in its place. */
  async leave(here: Here): Promise<void> {
    if (here.isBatched || isToSettle(here)) this.#entered.add(here);
    else await settleDirectory(here);
  }

  /** Resolves when all that was added so far is in its place. `isLast`: nothing follows, as far as is known. */
  flush(isLast = false): Promise<void> {
    return this.#next(() => true, isLast);
  }

  /** Resolves when nothing is under way any more, whatever became of it. */
  ended(): Promise<void> {
    return this.#going.catch(ignored);
  }

  /** To begin with, while more is looked for. */
  get #isEnough(): boolean {
    const { budget } = this.#batches;
    return budget !== undefined && this.#items.length >= budget.first;
  }

  /** What goes wrong is heard by whoever waits next. */
  #begin(): void {
    this.#isBegun = true;
    const begun = this.#next(() => this.#isEnough).catch(ignored);
    void begun.then(() => {
      this.#isBegun = false;
    });
  }

  get #isFull(): boolean {
    const { batchPace, budgetBytes } = this.#lane;
    return this.#items.length >= batchPace.entries || this.#bytes >= budgetBytes;
  }

  /** One after the other: what goes later may be in a directory that is made now. */
  #next(isDue: () => boolean, isLast = false): Promise<void> {
    this.#going = this.#going.then(async () => {
      if (isDue()) await this.#go(isLast);
    });
    return this.#going;
  }

  async #go(isLast: boolean): Promise<void> {
    const items = this.#items.filter(({ entry }) => !this.#lane.unmade.covers(entry.path));
    const all = this.#entered;
    [this.#items, this.#entered, this.#bytes] = [[], new Set(), 0];
    const together = items.filter(({ isAlone }) => !isAlone);
    const later = together.length > 0 ? [] : [...all].filter((here) => this.#isLater(here));
    const entered = new Set([...all].filter((here) => !later.includes(here)));
    for (const { dir } of later) this.#lane.ledger.out.rest.push({ ...itsOwn, dir: dir.path });
    const isEmpty = together.length === 0 && entered.size === 0;
    const carried = isEmpty ? undefined : await this.#carry(together, [...entered], isLast);
    const isLeft = (item: Item) => item.isAlone || !carried || carried.left.has(item);
    const isRefused = (item: Item) => carried?.refused?.has(item) === true;
    for (const { entry } of items.filter(isRefused)) this.#lane.failed(entry.path, astray(entry.path));
    await this.#oneByOne(items.filter((item) => isLeft(item) && !isRefused(item)));
    const directories = items.filter(({ entry }) => entry.kind === 'directory');
    const keysOf = (some: readonly Item[]) => new Set(some.map(({ entry }) => pathKey(entry.path)));
    const made = keysOf(directories.filter((item) => !isLeft(item)));
    const late = keysOf(directories.filter((item) => carried?.left.has(item) && !isRefused(item)));
    const behind = [...entered].filter(({ dir }) => late.has(pathKey(dir.path))); // made alone, without attributes
    const dressed = behind.length > 0 ? await this.#carry([], behind, isLast) : undefined;
    for (const here of entered) {
      const isDone =
        made.has(pathKey(here.dir.path)) || [carried, dressed].some((by) => by?.isDressed(here.dir.path));
      const isDressed = isDone && this.#batches.settles(here.dir.entry);
      if (here.isBatched && !isDressed) here.touched = true;
      await this.#settle(here, isDressed && !here.touched);
    }
  }

  /** A new place, whose large files would wait for a batch of nothing else; it is new as long as the run goes. */
  #isLater({ dir }: Here): boolean {
    const { ledger, setup } = this.#lane;
    const isNew = dir.path.length === 0 && setup.rootIsNew && !dir.alone;
    return isNew && ledger.out.bigs.some((file) => pathKey(file.dir) === pathKey(dir.path));
  }

  /** Undefined where nothing arrived. */
  async #carry(
    entries: readonly Item[],
    entered: readonly Here[],
    isLast: boolean,
  ): Promise<Carried | undefined> {
    const { board, ledger, signal } = this.#lane;
    const dirs = entered.map(({ dir }) => dir.path);
    const moved = async (bytes: number) => {
      this.#lane.spentBytes -= bytes; // counted when it was added
      await this.#lane.moves(bytes);
    };
    const startMs = performance.now();
    try {
      const carried = await this.#batches.carry({ entries, dirs, isLast }, moved, signal);
      if (!carried.isDurable) this.#lane.wrote();
      this.#lane.batchPace.took(entries.length, performance.now() - startMs);
      for (const item of entries) if (!carried.left.has(item)) this.#did(item);
      ledger.lost(carried.lost);
      const bare = entries.filter((item) => !carried.left.has(item) && this.#batches.isBare?.(item.entry));
      await dressBare(this.#lane, bare);
      return carried;
    } catch (error) {
      this.#lane.wrote(); // some of it, perhaps
      if (board.stopped) throw error;
      if (isKind(error, 'transient')) this.#lane.failed(entries[0]?.entry.path ?? dirs[0]!, error);
      signal.throwIfAborted();
      return undefined;
    }
  }

  #did({ entry, action }: Item): void {
    this.#lane.ledger.did(action, () => entry.path, entry.kind === 'file' ? entry.size : 0);
  }

  /** Directories first: others may be in them. */
  async #oneByOne(items: readonly Item[]): Promise<void> {
    for (const item of items) if (item.entry.kind === 'directory') await this.#alone(item);
    const others = items.filter(({ entry }) => entry.kind !== 'directory');
    await each(aloneAtOnce, others, this.#lane.signal, (item) => this.#alone(item));
  }

  async #alone({ alone, entry }: Item): Promise<void> {
    this.#lane.signal.throwIfAborted();
    if (entry.kind === 'file') this.#lane.spentBytes -= entry.size;
    if (this.#lane.unmade.covers(entry.path)) return;
    try {
      await alone();
    } catch (error) {
      this.#lane.failed(entry.path, error);
      if (entry.kind === 'directory' && !(await this.#isThere(entry.path))) this.#lane.unmade.add(entry.path);
    }
  }

  async #isThere(path: RelativePath): Promise<boolean> {
    const { setup, signal } = this.#lane;
    return (await setup.dest.stat(path, signal).catch(ignored))?.kind === 'directory';
  }

  async #settle(here: Here, isDressed: boolean): Promise<void> {
    try {
      await settleDirectory(here, isDressed);
    } catch (error) {
      this.#lane.failed(here.dir.path, error);
    }
  }
}

const ignored = () => undefined;

/** Somebody may be putting a symlink where a directory is, again and again. */
function astray(path: RelativePath): TransferError {
  return new TransferError('refused', `cannot write ${show(path)}: a directory above it went elsewhere`, {
    hint: 'see whether a symlink is where a directory should be, and who puts it there',
  });
}
