/** Names of ours in directories of the destination: those of this lane, and what earlier runs left under others. */
import { Sweep } from '../../conduct/sweep.ts';
import type { Target } from '../../store/local/place/target.ts';
import { pathKey } from '../../work/posix/path.ts';
import type { LaneSetup } from './lane-setup.ts';

export class OwnNames {
  readonly #begin: string;
  readonly #sweep: Sweep;
  #partials = 0;

  constructor(setup: LaneSetup, lane: number) {
    this.#begin = `${setup.ownTag}${lane}-`;
    this.#sweep = new Sweep(setup);
  }

  partial(): Buffer {
    return Buffer.from(`${this.#begin}${++this.#partials}.part`);
  }

  /** Takes away what earlier runs left in a directory at the destination, the first time; false: it was not. */
  sweep(target: Target, path: Uint8Array): boolean {
    if (!this.#sweep.isDue(path)) return false;
    // said of the first byte before anything is made of it: directories can be very large
    target.sweep((name) => name[0] === 0x2e && this.#sweep.takes(pathKey(name)));
    return true;
  }
}
