/** What a lane holds for a whole run: the two roots, its settings, and the ledger of the job at hand. */

import { Ledger } from '../../conduct/lanes/ledger.ts';
import { Sweep } from '../../conduct/sweep.ts';
import { takesNoMore } from '../../errors.ts';
import { type LeftReader, openLeftReader } from '../../journal/left-reader.ts';
import type { LeftRow } from '../../journal/types.ts';
import { type Doing, fault } from '../../store/local/fault.ts';
import { ECANCELED } from '../../store/local/place/bytes.ts';
import type { PlaceHow } from '../../store/local/place/place.ts';
import type { Target } from '../../store/local/place/target.ts';
import * as c from '../../work/posix/constants.ts';
import { close } from '../../work/posix/libc.ts';
import { openDirectory } from '../../work/posix/open-directory.ts';
import { Opener } from '../../work/posix/opener.ts';
import { pathKey } from '../../work/posix/path.ts';
import { Stat } from '../../work/posix/stat.ts';
import { Above } from './above.ts';
import type { LaneSetup } from './lane-setup.ts';
import { leftOut } from './prints-place.ts';
import { Shared } from './shared.ts';

/** What is begun and nearly done is not handed back before a job has done so many times as much. */
export const insideTimes = 1.5;
const stepsPerSecond = 10;

export class Lane implements Disposable {
  readonly setup: LaneSetup;
  readonly ledger: Ledger;
  readonly shared: Shared;
  readonly source: number;
  /** negative in a dry run whose destination does not exist */
  readonly dest: number;
  /** for the directories below the roots */
  readonly sources: Opener;
  readonly dests: Opener;
  readonly above: Above;
  readonly how: PlaceHow;
  readonly tag: Buffer;
  /** what is not compared, as fingerprints say it */
  readonly leftOut: number;
  /** bytes and entries of the job so far, for its budget */
  spentBytes = 0;
  spentEntries = 0;
  readonly number: number;
  readonly #destStat = new Stat();
  readonly #left: LeftReader | undefined;
  readonly #sweep: Sweep;
  #partials = 0;

  /** `left` is what earlier runs left, and the lane's from now on. */
  constructor(setup: LaneSetup, number: number, left: LeftReader | undefined) {
    this.setup = setup;
    this.number = number;
    this.ledger = new Ledger(setup);
    this.#sweep = new Sweep(setup);
    this.shared = new Shared(setup.shared);
    this.source = openRoot(setup.source);
    this.dest = openRoot(setup.dest);
    if (this.dest >= 0) this.#destStat.of(this.dest);
    this.sources = new Opener(this.source, c.O_RDONLY | c.O_DIRECTORY);
    this.dests = new Opener(this.dest, c.O_RDONLY | c.O_DIRECTORY);
    this.above = new Above(this.sources, this.dests, setup);
    this.tag = Buffer.from(setup.tag);
    this.leftOut = leftOut(setup.keep);
    this.how = {
      keep: setup.keep,
      holder: setup.holder,
      partialName: () => this.partialName(),
      before: (bytes) => this.moves(bytes),
    };
    this.#left = left;
  }

  [Symbol.dispose](): void {
    this.#left?.[Symbol.dispose]();
    for (const opener of [this.above, this.sources, this.dests]) opener[Symbol.dispose]();
    for (const fd of [this.source, this.dest]) if (fd >= 0) close(fd);
  }

  /** What earlier runs left in a directory; nothing where nobody knows. */
  leftIn(dir: bigint): readonly LeftRow[] {
    return this.#left?.of(dir) ?? [];
  }

  /** A directory of the source is the destination itself, by another way such as a bind mount. */
  isDest(stat: Stat): boolean {
    return this.dest >= 0 && this.#destStat.sameFile(stat);
  }

  /** The job at hand has done as much as one should, or so many times as much. */
  isSpent(times: number): boolean {
    const { entries, bytes } = this.setup.budget;
    return this.spentEntries >= entries * times || this.spentBytes >= bytes * times;
  }

  partialName(): Buffer {
    return Buffer.from(`${this.setup.ownTag}${this.number}-${++this.#partials}.part`);
  }

  /** Takes away what earlier runs left in a directory at the destination, the first time; false: it was not. */
  sweep(target: Target, path: Uint8Array): boolean {
    if (!this.#sweep.isDue(path)) return false;
    // said of the first byte before anything is made of it: directories can be very large
    target.sweep((name) => name[0] === 0x2e && this.#sweep.takes(pathKey(name)));
    return true;
  }

  /** Bytes are about to move: waits for the rate that was asked for; false when the run is to stop. */
  moves(bytes: number): boolean {
    if (this.shared.stopped) return false;
    this.spentBytes += bytes;
    const rate = this.setup.bytesPerSecond;
    if (rate !== undefined) return this.#paced(bytes, rate);
    this.shared.count(this.number, bytes, 0);
    return true;
  }

  /** A little at a time, so that what is shown goes on as evenly as what moves. */
  #paced(bytes: number, rate: number): boolean {
    const most = Math.max(1, Math.ceil(rate / stepsPerSecond));
    for (let done = 0; done < bytes; done += most) {
      const some = Math.min(most, bytes - done);
      if (!this.shared.pace(some, rate)) return false;
      this.shared.count(this.number, some, 0);
    }
    return true;
  }

  /** An entry is dealt with. */
  counted(): void {
    this.spentEntries++;
    this.shared.count(this.number, 0, 1);
  }

  /** An entry failed; a full disk, or one that is read-only, ends the run, a stop is no failure. */
  failed(path: () => Uint8Array, errno: number, doing: Doing): void {
    if (errno === -ECANCELED) return;
    const failure = fault(path(), errno, doing, this.dest);
    this.ledger.failed(failure);
    if (takesNoMore(failure.kind)) this.shared.stop();
  }
}

/** What earlier runs left, to open a lane with; undefined where nobody knows. */
export function openLeft({ leftPath }: LaneSetup): LeftReader | undefined {
  return leftPath === undefined ? undefined : openLeftReader(leftPath);
}

/** One that may be passed through but not listed is good for the names that are known. */
function openRoot(path: Uint8Array): number {
  const fd = openDirectory(path);
  return fd === -c.EACCES ? openDirectory(path, c.O_PATH) : fd;
}
