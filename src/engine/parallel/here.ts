/** The directory a lane is copying: both sides of it, and what is known of them. */

import { CaseGuard, collision } from '../../conduct/faults/case-guard.ts';
import { ownName } from '../../conduct/faults/own-name.ts';
import type { Directory } from '../../profile/visitor.ts';
import { isFull, Target } from '../../store/local/place/target.ts';
import * as c from '../../work/posix/constants.ts';
import { keepName, type Name } from '../../work/posix/dirents.ts';
import * as libc from '../../work/posix/libc.ts';
import { Slot } from '../../work/posix/memory.ts';
import { join } from '../../work/posix/path.ts';
import { Stat } from '../../work/posix/stat.ts';
import { caseAbove } from './case-above.ts';
import { openTarget } from './chain.ts';
import { Prints } from './directory-prints.ts';
import type { Lane } from './lane.ts';
import { type Stage, sweepAbove } from './stage.ts';

const slot = new Slot();
const present = new Stat();

export class Here {
  readonly lane: Lane;
  readonly dir: Directory;
  /** undefined in a dry run where the directory is not there, or where it is lost */
  target: Target | undefined;
  /** why nothing more can be put there: a negative error number */
  lost = 0;
  #stage: Stage | undefined;
  /** nothing is in it yet */
  readonly isFresh: boolean;
  readonly prints: Prints;
  readonly #guard: CaseGuard | undefined;

  constructor(lane: Lane, dir: Directory, target: Target | undefined, stage?: Stage) {
    this.lane = lane;
    this.dir = dir;
    this.target = target;
    this.#stage = stage;
    this.isFresh = dir.fresh || !target;
    this.prints = new Prints(lane, dir, target?.stat);
    this.#guard = lane.setup.holder.foldsCase ? new CaseGuard(target?.names()) : undefined;
  }

  path(name: Name): Uint8Array {
    return join(this.dir.path, name.bytes.subarray(name.start, name.end));
  }

  /** From now on the directory is where others see it. */
  show(): void {
    const stage = this.#stage;
    this.#stage = undefined;
    if (!stage || !this.target) return;
    this.target.isHidden = false;
    if (!stage.show()) this.#reopen(this.target.fd);
  }

  /** What is in it was moved to where its name is by now. */
  #reopen(fd: number): void {
    libc.close(fd);
    const again = this.lane.dests.open(this.dir.path);
    this.target = again < 0 ? undefined : new Target(again);
    if (again < 0) this.lost = again;
  }

  /** The name at the destination, as an address and as bytes. */
  destName(name: Name): number {
    const { single } = this.lane.setup;
    return single ? slot.put(single) : name.at;
  }

  destBytes(name: Name): Uint8Array {
    return this.lane.setup.single ?? keepName(name);
  }

  /** What has the name at the destination now, until the next look. */
  look(name: Name): Stat | undefined | 'failed' {
    if (this.isFresh || !this.target) return undefined;
    const looked = present.at(this.target.fd, this.destName(name));
    if (looked === 0) return present;
    if (looked === -c.ENOENT) return undefined;
    this.failed(name, looked, 'write');
    return 'failed';
  }

  /** Takes away what has the name of something of another type; a directory only when it is empty. */
  clear(name: Name, { type }: Stat): boolean {
    const target = this.target;
    if (!target) return true;
    const failed = this.#takeAway(target, name, type === c.S_IFDIR);
    if (failed < 0) this.lane.failed(() => this.path(name), failed, 'replace');
    return failed === 0;
  }

  #takeAway(target: Target, name: Name, isDirectory: boolean): number {
    if (this.lane.setup.dryRun)
      return isDirectory && isFull(target.fd, this.destBytes(name)) ? -c.ENOTEMPTY : 0;
    const flag = isDirectory ? c.AT_REMOVEDIR : 0;
    const done = target.change(() => libc.unlinkat(target.fd, this.destName(name), flag));
    return done === -c.ENOENT || done === -c.EISDIR ? 0 : done; // who makes what is listed in it was quicker
  }

  failed(name: Name, errno: number, side: 'read' | 'write'): void {
    this.lane.failed(() => this.path(name), errno, side);
  }

  /** Something on this file system is not durable yet. */
  wrote(): void {
    if (!this.target) return;
    const { device } = this.target.stat;
    const { devices } = this.lane.ledger.out;
    if (!devices.some((known) => known.device === device)) devices.push({ device, dir: this.dir.path });
  }

  /** A source name that looks like one of ours at the destination: never written, always said. */
  isOurs(name: Name): boolean {
    const { tag } = this.lane;
    if (name.end - name.start < tag.length || name.bytes[name.start] !== 0x2e) return false;
    if (tag.compare(name.bytes, name.start, name.start + tag.length) !== 0) return false;
    this.#refuse(name, ownName.message, ownName.hint);
    return true;
  }

  /** Says so of an entry of a directory that somebody took away meanwhile. */
  isLost(name: Name): boolean {
    if (this.lost < 0) this.failed(name, this.lost, 'write');
    return this.lost < 0;
  }

  isCollision(name: Name): boolean {
    const other = this.#guard && this.#holderOf(this.#guard, name);
    if (other === undefined) return false;
    this.lane.ledger.failed({ path: this.path(name), ...collision(other) });
    return true;
  }

  /** Whose name it is; where something has it that was not there before, another lane may have taken it meanwhile. */
  #holderOf(guard: CaseGuard, name: Name): string | undefined {
    const bytes = keepName(name);
    const isFree = guard.isFree(bytes);
    const other = guard.collides(bytes);
    if (!isFree || !this.target || present.at(this.target.fd, this.destName(name)) < 0) return other;
    return new CaseGuard(this.target.names()).collides(this.destBytes(name));
  }

  #refuse(name: Name, message: string, hint: string): void {
    this.lane.ledger.failed({ path: this.path(name), kind: 'refused', message, hint });
  }
}

/** Opens the directory at the destination, or in a stage; undefined when it cannot be, which was said. */
export function openHere(lane: Lane, dir: Directory, isFirstLook: boolean, stage?: Stage): Here | undefined {
  const { setup } = lane;
  const staged = stage?.open(dir);
  if (typeof staged === 'object') return new Here(lane, dir, staged, stage);
  const fd = staged ?? openTarget(lane, dir, isFirstLook);
  if (fd < 0 && !(setup.dryRun && fd === -c.ENOENT)) {
    lane.failed(() => dir.path, fd, 'write');
    return undefined;
  }
  const isNamed = isFirstLook && dir.slice === 0 && !dir.whole && setup.holder.foldsCase;
  const other = isNamed && fd >= 0 ? caseAbove(lane.dest, dir.path) : undefined;
  if (other !== undefined) {
    libc.close(fd);
    lane.ledger.failed({ path: dir.path, ...collision(other) });
    return undefined;
  }
  const target = fd < 0 ? undefined : new Target(fd);
  if (target && !dir.fresh) {
    lane.ours.sweep(target, dir.path);
    if (dir.whole) sweepAbove(lane, dir);
  }
  const here = new Here(lane, dir, target);
  if (setup.sweep && !setup.dryRun) here.wrote(); // what is found done may not be durable
  return here;
}
