/**
 * A new directory while it is filled: under a name of ours, beside the empty directory whose place it takes in the
 * end. Nobody sees what is in it until then, so that files have their names from the beginning, which saves two
 * steps for each of them.
 */
import type { Directory } from '../../profile/visitor.ts';
import { removeTree, Target } from '../../store/local/target.ts';
import * as c from '../../work/posix/constants.ts';
import * as libc from '../../work/posix/libc.ts';
import { Slot } from '../../work/posix/memory.ts';
import { join } from '../../work/posix/path.ts';
import { Stat } from '../../work/posix/stat.ts';
import { lastName } from './above.ts';
import type { Lane } from './lane.ts';

const hiddenSlot = new Slot();
const nameSlot = new Slot();
const longPath = 256; // what is above it would be walked to anew for each

export class Stage {
  readonly target: Target;
  readonly #lane: Lane;
  readonly #path: Uint8Array;
  readonly #above: Target;
  readonly #hidden: Uint8Array;

  constructor(lane: Lane, path: Uint8Array, above: Target, hidden: Uint8Array, fd: number) {
    this.#lane = lane;
    this.#path = path;
    this.#above = above;
    this.#hidden = hidden;
    this.target = new Target(fd);
    this.target.isHidden = true;
  }

  /**
   * Lets it take the place of the empty directory. Where that is not empty any more it is filled up instead, and
   * names that are taken there are conflicts. Answers what has the name now, or a negative error number if nothing
   * can be put there.
   */
  show(): Target | number {
    const above = this.#above;
    const from = hiddenSlot.put(this.#hidden);
    const to = nameSlot.put(lastName(this.#path));
    const renamed = above.change(() => libc.renameat(above.fd, from, above.fd, to));
    if (renamed === 0) this.target.isHidden = false;
    const shown = renamed === 0 ? this.target : this.#spill();
    this.#lane.above.settle();
    return shown;
  }

  #spill(): Target | number {
    const fd = this.#lane.dests.open(this.#path);
    const to = fd < 0 ? fd : new Target(fd);
    if (typeof to === 'number') this.#loseAll(to);
    else this.#moveAll(to);
    this.#above.change(() => removeTree(this.#above.fd, this.#hidden));
    libc.close(this.target.fd);
    return to;
  }

  #loseAll(errno: number): void {
    const stat = new Stat();
    for (const name of this.target.names())
      if (stat.at(this.target.fd, nameSlot.put(name)) === 0) this.#lost(name, stat, errno);
  }

  #moveAll(to: Target): void {
    for (const name of this.target.names()) {
      const at = nameSlot.put(name);
      const stat = new Stat();
      const looked = stat.at(this.target.fd, at);
      const moved = looked < 0 ? looked : to.change(() => this.#move(at, stat, to));
      if (moved < 0) this.#lost(name, stat, moved);
    }
  }

  /** Directories in it are empty yet. */
  #move(name: number, { type, mode }: Stat, to: Target): number {
    if (type !== c.S_IFDIR) return libc.linkat(this.target.fd, name, to.fd, name, 0);
    const made = libc.mkdirat(to.fd, name, mode & 0o7777);
    return made === -c.EEXIST ? 0 : made;
  }

  #lost(name: Uint8Array, { type, size }: Stat, errno: number): void {
    if (type === c.S_IFREG) this.#lane.ledger.undid(size);
    this.#lane.failed(() => join(this.#path, name), errno, 'write');
  }
}

/** Undefined where a new directory is better filled in its place. */
export function openStage(lane: Lane, dir: Directory): Stage | undefined {
  const { dryRun, holder } = lane.setup;
  if (!dir.fresh || !dir.whole || dryRun || holder.foldsCase || !isNear(dir)) return undefined;
  const above = lane.above.of(dir.path);
  if (!above) return undefined;
  const hidden = lane.partialName();
  const at = hiddenSlot.put(hidden);
  const mode = (dir.stat.mode & 0o777) | 0o700;
  if (above.change(() => libc.mkdirat(above.fd, at, mode)) < 0) return undefined;
  const fd = libc.openat(above.fd, at, c.O_RDONLY | c.O_DIRECTORY | c.O_NOFOLLOW | c.O_CLOEXEC, 0);
  if (fd >= 0) return new Stage(lane, dir.path, above, hidden, fd);
  above.change(() => libc.unlinkat(above.fd, hiddenSlot.put(hidden), c.AT_REMOVEDIR));
  lane.above.settle();
  return undefined;
}

/** What was left above a directory, by a run that was killed while it filled it. */
export function sweepAbove(lane: Lane, dir: Directory): void {
  const { sweep, dryRun } = lane.setup;
  if (!sweep || dryRun || !isNear(dir)) return;
  const above = lane.above.of(dir.path);
  if (above && lane.sweep(above, dir.path.subarray(0, -1 - lastName(dir.path).length))) lane.above.settle();
}

function isNear({ path }: Directory): boolean {
  return path.length > 0 && path.length < longPath;
}
