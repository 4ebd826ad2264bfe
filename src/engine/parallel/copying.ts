/**
 * What the parallel engine does with the directories and entries that a walk shows it: compares each with the
 * destination, makes what is missing, leaves alone what is the same, puts metadata right.
 *
 * Who changes a directory's entries puts its times back before the Part is done, so no pass over all directories
 * is needed at the end, and a Part that is done twice ends the same. Large files and names with more than one
 * link are handed back to the engine.
 */
import { intoItself } from '../../conduct/faults/into-itself.ts';
import { type Descend, type Directory, descend, type Visitor } from '../../profile/visitor.ts';
import { lostAnyway } from '../../store/local/metadata/metadata.ts';
import { isRepaired } from '../../store/local/metadata/repair.ts';
import { directoryMode } from '../../store/local/place/start-mode.ts';
import * as c from '../../work/posix/constants.ts';
import { keepName, type Name } from '../../work/posix/dirents.ts';
import * as libc from '../../work/posix/libc.ts';
import type { Stat } from '../../work/posix/stat.ts';
import { type Here, openHere } from './here.ts';
import { insideTimes, type Lane } from './lane.ts';
import { settleNode } from './nodes.ts';
import { type CopyHow, settleRegular } from './regular.ts';
import { openStage, type Stage } from './stage.ts';

export class Copying implements Visitor {
  readonly #lane: Lane;
  readonly #how: CopyHow;
  #here!: Here;
  #stage: Stage | undefined;

  constructor(lane: Lane, how: CopyHow) {
    this.#lane = lane;
    this.#how = how;
  }

  enter(dir: Directory): boolean {
    if (dir.whole || dir.alone) this.#lane.counted();
    else this.#lane.spentEntries++; // it was counted when it was listed
    if (!this.#stage?.covers(dir)) this.#nextStage(dir);
    const here = openHere(this.#lane, dir, !this.#how.linksToo, this.#stage);
    if (here) this.#here = here;
    return here !== undefined;
  }

  #nextStage(dir: Directory): void {
    this.#stage?.show();
    this.#stage = openStage(this.#lane, dir);
  }

  /** After the last directory of a job: all is where others see it, and looks as it should. */
  end(): void {
    this.#stage?.show();
    this.#lane.above.settle();
  }

  directory(name: Name, stat: Stat): Descend {
    const here = this.#here;
    if (here.isLost(name) || here.isCollision(name)) return descend.no;
    if (here.lane.isDest(stat)) return this.#refuseDest(name);
    const present = here.look(name);
    if (present === 'failed') return descend.no;
    if (present?.type === c.S_IFDIR) return descend.yes;
    if (present && !here.clear(name, present)) return descend.no;
    return this.#make(name, stat);
  }

  #refuseDest(name: Name): Descend {
    this.#lane.ledger.failed({ path: this.#here.path(name), ...intoItself });
    return descend.no;
  }

  #make(name: Name, stat: Stat): Descend {
    const { target, lane } = this.#here;
    if (target && !lane.setup.dryRun) {
      const mode = directoryMode(stat, lane.setup);
      const failed = target.change(() => libc.mkdirat(target.fd, name.at, mode));
      if (failed === -c.EEXIST) return descend.yes;
      if (failed < 0) this.#here.failed(name, failed, 'write');
      if (failed < 0) return descend.no;
    }
    lane.ledger.did('make', () => this.#here.path(name), 0);
    return descend.fresh;
  }

  entry(name: Name, stat: Stat): void {
    const here = this.#here;
    if (!this.#how.linksToo) this.#lane.counted(); // else it was, when it was handed back
    if (here.isLost(name) || here.isOurs(name) || here.isCollision(name)) return;
    if (stat.links > 1 && this.#lane.setup.keep.hardlinks && !this.#how.linksToo) {
      const { device, inode } = stat;
      this.#lane.ledger.out.links.push({ device, inode, dir: here.dir.path, name: keepName(name) });
      return;
    }
    here.prints.look(name, stat);
    if (here.prints.isTrusted) this.#trust(stat);
    else if (stat.type === c.S_IFREG) settleRegular(here, name, stat, this.#how);
    else settleNode(here, name, stat);
    if (this.#lane.isSpent(insideTimes)) here.show(); // what a killed run has to do again stays small
  }

  giving(): void {
    this.#here.show();
  }

  #trust(stat: Stat): void {
    this.#here.prints.keep();
    this.#lane.ledger.skipped(stat.type === c.S_IFREG ? stat.size : 0);
  }

  leave(dir: Directory): void {
    const { prints, target } = this.#here;
    if (this.#here.lost < 0) return;
    prints.flush();
    if (!target) return;
    if (!this.#lane.setup.single) this.#settle(dir);
    if (target.touched) this.#here.wrote();
    libc.close(target.fd);
  }

  /** The directory's own metadata, after the last change in it. */
  #settle(dir: Directory): void {
    const { ledger, setup } = this.#lane;
    const { dryRun, holder, keep, rootIsNew } = setup;
    const target = this.#here.target!;
    const isNew = dir.fresh || (dir.path.length === 0 && rootIsNew);
    const isOurs = dir.whole || dir.alone; // others say what became of it
    const differs = isNew ? [] : target.differences(dir.fd, dir.stat, setup);
    if (dryRun && isOurs && differs.length > 0) ledger.did('repair', () => dir.path, 0);
    if (dryRun) return;
    if (!isNew && !target.touched && differs.length === 0) {
      if (isOurs) ledger.lost(lostAnyway(dir.stat, target.stat, setup));
      return;
    }
    const times = keep.times && (isNew || target.touched || differs.includes('time'));
    const lost = target.settle({ fd: dir.fd }, dir.stat, { holder, keep: { ...keep, times } });
    this.#here.wrote();
    if (!isOurs) return;
    if (typeof lost === 'number') return this.#lane.failed(() => dir.path, lost, 'set metadata of');
    ledger.lost(lost);
    if (isRepaired(differs, lost)) ledger.did('repair', () => dir.path, 0);
  }
}
