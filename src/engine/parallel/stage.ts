/**
 * A new directory, and those below it, while they are filled: under a name of ours, beside the empty directory whose
 * place it takes in the end. Nobody sees what is in it until then, so that files have their names from the
 * beginning, which saves two steps for each of them, and directories below it are made once and not looked at again.
 */
import type { Directory } from '../../profile/visitor.ts';
import { directoryMode } from '../../store/local/place/start-mode.ts';
import { removeTree, Target } from '../../store/local/place/target.ts';
import * as c from '../../work/posix/constants.ts';
import * as libc from '../../work/posix/libc.ts';
import { Slot } from '../../work/posix/memory.ts';
import { openUnder } from '../../work/posix/open-under.ts';
import { lastName } from './above.ts';
import type { Lane } from './lane.ts';
import { spill } from './spill.ts';

const hiddenSlot = new Slot();
const nameSlot = new Slot();
const longPath = 256; // what is above it would be walked to anew for each
const longestBelow = 512; // who takes it away again has all that is above something open
const slash = 0x2f;

export class Stage {
  readonly #lane: Lane;
  readonly #path: Uint8Array;
  readonly #above: Target;
  readonly #hidden: Uint8Array;
  readonly #root: Target;
  #isShown = false;

  constructor(lane: Lane, path: Uint8Array, above: Target, hidden: Uint8Array, fd: number) {
    this.#lane = lane;
    this.#path = path;
    this.#above = above;
    this.#hidden = hidden;
    this.#root = new Target(fd, 'hidden');
  }

  /** Whether this directory is to be filled in it. */
  covers({ path, fresh, whole }: Directory): boolean {
    const { length } = this.#path;
    if (this.#isShown || !fresh || !whole || path[length] !== slash) return false;
    return path.length - length < longestBelow && Buffer.compare(path.subarray(0, length), this.#path) === 0;
  }

  /** Opens the directory itself, or one that it covers; or a negative error number. */
  open({ path }: Directory): Target | number {
    const fd = openUnder(this.#root.fd, path.subarray(this.#path.length + 1), c.O_RDONLY | c.O_DIRECTORY);
    return fd < 0 ? fd : new Target(fd, this.#root.loose ? 'hidden' : 'plain');
  }

  /**
   * Lets it take the place of the empty directory. Where that is not empty any more it is filled up instead, and
   * names that are taken there are conflicts: then answers false, and what was opened is not what it was.
   */
  show(): boolean {
    if (this.#isShown) return true;
    this.#isShown = true;
    const above = this.#above;
    const from = hiddenSlot.put(this.#hidden);
    const to = nameSlot.put(lastName(this.#path));
    const isRenamed = above.change(() => libc.renameat(above.fd, from, above.fd, to)) === 0;
    if (!isRenamed) this.#spill();
    this.#lane.above.touched();
    libc.close(this.#root.fd);
    return isRenamed;
  }

  #spill(): void {
    const fd = this.#lane.dests.open(this.#path);
    const to = fd < 0 ? fd : new Target(fd);
    spill(this.#lane, this.#root, to, this.#path);
    if (typeof to !== 'number') this.#settle(to);
    this.#above.change(() => removeTree(this.#above.fd, this.#hidden));
  }

  #settle(to: Target): void {
    this.#root.stat.of(this.#root.fd);
    to.settle({ fd: this.#root.fd }, this.#root.stat, this.#lane.setup);
    libc.close(to.fd);
  }
}

/** Undefined where a new directory is better filled in its place. */
export function openStage(lane: Lane, dir: Directory): Stage | undefined {
  const { dryRun, holder } = lane.setup;
  if (!dir.fresh || !dir.whole || dryRun || holder.foldsCase || !isNear(dir)) return undefined;
  const above = lane.above.of(dir.path);
  if (!above) return undefined;
  const hidden = lane.ours.partial();
  const at = hiddenSlot.put(hidden);
  const mode = directoryMode(dir.stat, lane.setup);
  if (above.change(() => libc.mkdirat(above.fd, at, mode)) < 0) return undefined;
  lane.above.touched();
  const fd = libc.openat(above.fd, at, c.O_RDONLY | c.O_DIRECTORY | c.O_NOFOLLOW | c.O_CLOEXEC, 0);
  if (fd >= 0) return new Stage(lane, dir.path, above, hidden, fd);
  above.change(() => libc.unlinkat(above.fd, hiddenSlot.put(hidden), c.AT_REMOVEDIR));
  return undefined;
}

/** What was left above a directory, by a run that was killed while it filled it. */
export function sweepAbove(lane: Lane, dir: Directory): void {
  const { sweep, dryRun } = lane.setup;
  if (!sweep || dryRun || !isNear(dir)) return;
  const above = lane.above.of(dir.path);
  if (above && lane.ours.sweep(above, dir.path.subarray(0, -1 - lastName(dir.path).length)))
    lane.above.touched();
}

function isNear({ path }: Directory): boolean {
  return path.length > 0 && path.length < longPath;
}
