/** A directory while a lane copies into it: what is at the destination, and whether that was changed. */

import { CaseGuard, collision, mayBeComposed } from '../../../conduct/faults/case-guard.ts';
import { ownName } from '../../../conduct/faults/own-name.ts';
import { isKind, TransferError } from '../../../errors.ts';
import { show } from '../../../report/show.ts';
import { isRoom, removeRoom } from '../../../store/delta.ts';
import type { Entry, Listed } from '../../../store/entry.ts';
import { nameOf } from '../../../store/named.ts';
import { type RelativePath, splitPath } from '../../../store/path.ts';
import type { Rows } from '../../../store/rows.ts';
import type { Cases } from '../../cases.ts';
import { Remembered } from '../known/remembered.ts';
import type { Lane } from '../lane.ts';
import type { Dir } from '../walk/visitor.ts';
import { lift } from './lift-mode.ts';
import { Present } from './present.ts';

/** What a place without directories says of one that it cannot list, and may write into all the same. */
const notListed = ['missing', 'denied', 'unsupported'] as const;

export class Here {
  readonly lane: Lane;
  readonly dir: Dir;
  /** the directory at the destination as it was found; undefined where it is new, or is none there */
  readonly entry: Entry | undefined;
  touched = false;
  /** nothing was found in it at the source */
  isEmpty = true;
  /** entries of it go together with others */
  isBatched = false;
  readonly #present: Present;
  /** names of which is known that nothing has them */
  readonly #absent = new Set<string>();
  /** what is not held is not there */
  isAll: boolean;
  readonly remembered: Remembered;
  /** of a directory that is walked, where the destination does not tell upper from lower case */
  readonly #guard: CaseGuard | undefined;

  constructor(lane: Lane, dir: Dir, entry: Entry | undefined) {
    this.lane = lane;
    this.dir = dir;
    this.entry = entry;
    this.isAll = dir.fresh;
    this.#present = new Present(dir.path);
    this.remembered = new Remembered(lane, dir);
    this.#guard = lane.cases && dir.whole ? new CaseGuard() : undefined;
  }

  /** Lists the destination, where all of it is of interest, and takes away what earlier runs left. */
  async list(): Promise<void> {
    const { dest, dryRun } = this.lane.setup;
    const sweeps = this.lane.sweeps(this.dir.path);
    if (this.dir.fresh || !(this.dir.whole || sweeps)) return;
    const rows = !this.dir.whole || this.#guard ? undefined : await dest.rows?.(this.dir.path);
    if (rows) return this.#hold(rows, sweeps);
    const leftovers: Entry[] = [];
    this.isAll = true;
    const add = (entry: Listed) => {
      const name = nameOf(entry.path);
      this.#guard?.holds(Buffer.from(name, 'latin1'));
      if (entry.kind === 'unlisted') this.isAll = false;
      else if (sweeps && isSwept(entry) && this.lane.isLeftover(name)) leftovers.push(entry);
      else if (this.dir.whole) this.isAll = this.#present.add(name, entry) && this.isAll;
    };
    try {
      const now = dest.listNow?.(this.dir.path);
      now?.forEach(add);
      if (!now) for await (const entry of dest.list(this.dir.path, this.lane.signal)) add(entry);
      this.isAll &&= !dest.listsSome;
    } catch (error) {
      this.isAll &&= isKind(error, 'missing');
      if (!isKind(error, ...notListed) || (dest.makeDirectory && !dryRun)) throw error;
    }
    this.isAll &&= this.dir.whole;
    for (const one of leftovers) await this.#sweep(one);
  }

  /** All of it is at hand. */
  async #hold(rows: Rows, sweeps: boolean): Promise<void> {
    this.#present.hold(rows);
    this.isAll = true;
    const ours = sweeps ? rows.namesWhere((name) => this.lane.isOursAt(name)) : [];
    for (const name of ours.filter((name) => this.lane.isLeftover(name))) {
      const entry = rows.get(name)!;
      if (!isSwept(entry)) continue;
      rows.delete(name);
      await this.#sweep(entry);
    }
  }

  async #sweep({ kind, path }: Entry): Promise<void> {
    const { dest } = this.lane.setup;
    const { signal } = this.lane;
    if (kind === 'directory') await this.change(() => removeRoom(dest, path, signal));
    else await this.change(() => dest.remove(path, signal));
  }

  /** Where an entry of the source goes. */
  target({ path }: Entry): RelativePath {
    return this.lane.target(path);
  }

  /** What has its name at the destination now. */
  async look(entry: Entry): Promise<Entry | undefined> {
    const path = this.target(entry);
    const known = this.#known(nameOf(path));
    if (known !== undefined) return known ?? undefined;
    return this.lane.setup.dest.stat(path, this.lane.signal);
  }

  /** What has a name at the destination; null: nothing, undefined: that is not known. */
  #known(name: string): Entry | null | undefined {
    const isAbsent = this.#absent.has(name) || (this.isAll && !this.#mayBeComposed(name));
    return this.#present.get(name) ?? (isAbsent ? null : undefined);
  }

  /** A list of the destination may have the name in other bytes. */
  #mayBeComposed(name: string): boolean {
    return !this.dir.fresh && this.lane.cases !== undefined && mayBeComposed(Buffer.from(name, 'latin1'));
  }

  /** An entry goes to another lane, with what is known of it here. */
  gives(entry: Entry): void {
    this.lane.handed.give({ entry, present: this.#known(nameOf(this.target(entry))) });
    this.forget(entry);
    if (this.#guard) this.lane.cases?.share(this.dir.path, this.#guard);
  }

  /** What another lane found under a name that it gave away; undefined where that is not known any more. */
  found(path: RelativePath): Entry | undefined {
    const { entry, present } = this.lane.handed.take(path) ?? {};
    if (present) this.#present.set(nameOf(present.path), present);
    if (present === null) this.#absent.add(nameOf(path));
    return entry;
  }

  /** What has its name at the destination, where that was listed. */
  listed(name: string): Entry | undefined {
    return this.#present.get(name);
  }

  /** All that was listed at the destination, where numbers say what that is. */
  get rows(): Rows | undefined {
    return this.#present.rows;
  }

  /** What was listed and not forgotten. */
  held(): Iterable<Entry> {
    return this.#present.values();
  }

  forget(entry: Entry): void {
    this.#present.delete(nameOf(this.target(entry)));
  }

  /** Takes away what has the name of something of another type; a directory only when it is empty. */
  async clear(present: Entry): Promise<void> {
    const { dest, dryRun } = this.lane.setup;
    if (!dryRun) await this.change(() => dest.remove(present.path, this.lane.signal));
    else if (present.kind === 'directory' && (await this.#isFull(present.path)))
      throw new TransferError('conflict', `cannot remove ${show(present.path)}: it is not empty`);
  }

  async #isFull(path: RelativePath): Promise<boolean> {
    for await (const _ of this.lane.setup.dest.list(path, this.lane.signal)) return true;
    return false;
  }

  /** Something changes the directory, or may have. */
  touches(): void {
    this.touched = !this.lane.setup.dest.keepsDirectories;
  }

  /** Does something that changes the directory; where only its mode is in the way, that is lifted for the time. */
  async change<T>(act: () => Promise<T>): Promise<T> {
    this.touches();
    try {
      return await act();
    } catch (error) {
      const isOther = (mode: number) => mode !== this.entry?.mode; // another lane was here
      if (!isKind(error, 'denied') || !(await lift(this.lane, this.dir.path, isOther))) throw error;
      return act();
    }
  }

  /** A source name that looks like one of ours at the destination: never written, always said. */
  isOurs({ path }: Entry): boolean {
    if (!this.lane.isOurs(nameOf(path))) return false;
    this.lane.ledger.failed({ path, ...ownName });
    return true;
  }

  /** Whether the destination would take it for another entry, which is said; the first to come keeps the place. */
  async isCollision(entry: Entry, cases: Cases): Promise<boolean> {
    const guard = this.#guard ?? (await cases.of(this.dir.path, this.lane.signal));
    const other = guard.collides(splitPath(this.target(entry)).name);
    if (other !== undefined) this.lane.ledger.failed({ path: entry.path, ...collision(other) });
    return other !== undefined;
  }
}

/** Of directories, others sweep what is not for one file. */
function isSwept({ kind, path }: Entry): boolean {
  return kind !== 'directory' || isRoom(nameOf(path));
}
