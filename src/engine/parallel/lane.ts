/** What a lane holds for a whole run: the two roots, its settings, and the ledger of the job at hand. */

import { Ledger } from '../../conduct/lanes/ledger.ts';
import { takesNoMore } from '../../errors.ts';
import { type LeftReader, openLeftReader } from '../../journal/left-reader.ts';
import type { LeftRow } from '../../journal/types.ts';
import { type Doing, fault } from '../../store/local/fault.ts';
import { ECANCELED } from '../../store/local/place/bytes.ts';
import type { PlaceHow } from '../../store/local/place/place.ts';
import type { LaneSetup } from './lane-setup.ts';
import { OwnNames } from './own-names.ts';
import { lookOf } from './prints-place.ts';
import { Roots } from './roots.ts';
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
  readonly sources: Roots['sources'];
  readonly dests: Roots['dests'];
  readonly above: Roots['above'];
  readonly ours: OwnNames;
  readonly how: PlaceHow;
  readonly tag: Buffer;
  /** what is not compared, and who looks, as fingerprints say it */
  readonly look: number;
  /** bytes and entries of the job so far, for its budget */
  spentBytes = 0;
  spentEntries = 0;
  readonly number: number;
  readonly #roots: Roots;
  readonly #left: LeftReader | undefined;

  /** `left` is what earlier runs left, and the lane's from now on. */
  constructor(setup: LaneSetup, number: number, left: LeftReader | undefined) {
    this.setup = setup;
    this.number = number;
    this.ledger = new Ledger(setup);
    this.shared = new Shared(setup.shared);
    this.#roots = new Roots(setup);
    ({ source: this.source, dest: this.dest } = this.#roots);
    ({ sources: this.sources, dests: this.dests, above: this.above } = this.#roots);
    this.ours = new OwnNames(setup, number);
    this.tag = Buffer.from(setup.tag);
    this.look = lookOf(setup.keep, setup.holder.uid);
    this.how = {
      keep: setup.keep,
      holder: setup.holder,
      partialName: () => this.ours.partial(),
      before: (bytes) => this.moves(bytes),
    };
    this.#left = left;
  }

  [Symbol.dispose](): void {
    this.#left?.[Symbol.dispose]();
    this.#roots[Symbol.dispose]();
  }

  /** What earlier runs left in a directory; nothing where nobody knows. */
  leftIn(dir: bigint): readonly LeftRow[] {
    return this.#left?.of(dir) ?? [];
  }

  /** A directory of the source is the destination itself, by another way such as a bind mount. */
  isDest(stat: Parameters<Roots['isDest']>[0]): boolean {
    return this.#roots.isDest(stat);
  }

  /** The job at hand has done as much as one should, or so many times as much. */
  isSpent(times: number): boolean {
    const { entries, bytes } = this.setup.budget;
    return this.spentEntries >= entries * times || this.spentBytes >= bytes * times;
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
