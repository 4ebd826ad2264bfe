/** Only looks: the walk counts, and what the Journal knows says what has changed. */
import { type Descend, type Directory, descend, type Visitor } from '../../profile/visitor.ts';
import type { Name } from '../../work/posix/dirents.ts';
import type { Stat } from '../../work/posix/stat.ts';
import { Prints } from './directory-prints.ts';
import type { Lane } from './lane.ts';

export class Scanning implements Visitor {
  readonly #lane: Lane;
  #prints: Prints | undefined;

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  enter(dir: Directory): boolean {
    this.#prints = new Prints(this.#lane, dir, undefined);
    this.#lane.counted();
    return true;
  }

  directory(): Descend {
    return descend.yes;
  }

  entry(name: Name, stat: Stat): void {
    this.#lane.counted();
    if (stat.links === 1 || !this.#lane.setup.keep.hardlinks) this.#prints?.look(name, stat);
    else this.#group(stat);
  }

  /** Names of one file are one group, whoever finds them. */
  #group({ inode, device }: Stat): void {
    this.#lane.ledger.out.pairs.push({ source: `${device} ${inode}`, dest: '', path: nothing });
  }

  leave(): void {
    this.#prints = undefined;
  }

  failed(path: Uint8Array, errno: number): void {
    this.#lane.failed(() => path, errno, 'read');
  }

  passed(why: 'excluded' | 'mount'): void {
    this.#lane.ledger.notice(why);
  }
}

const nothing = new Uint8Array(0);
