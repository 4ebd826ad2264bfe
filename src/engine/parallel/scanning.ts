/** Only looks: the walk counts. */
import { type Descend, descend, type Visitor } from '../../profile/visitor.ts';
import type { Name } from '../../work/posix/dirents.ts';
import type { Stat } from '../../work/posix/stat.ts';
import type { Lane } from './lane.ts';

export class Scanning implements Visitor {
  readonly #lane: Lane;

  constructor(lane: Lane) {
    this.#lane = lane;
  }

  enter(): boolean {
    this.#lane.counted();
    return true;
  }

  directory(): Descend {
    return descend.yes;
  }

  entry(_name: Name, stat: Stat): void {
    this.#lane.counted();
    if (stat.links > 1 && this.#lane.setup.keep.hardlinks) this.#group(stat);
  }

  /** Names of one file are one group, whoever finds them. */
  #group({ inode, device }: Stat): void {
    this.#lane.ledger.out.pairs.push({ source: `${device} ${inode}`, dest: '', path: nothing });
  }

  leave(): void {}
}

const nothing = new Uint8Array(0);
