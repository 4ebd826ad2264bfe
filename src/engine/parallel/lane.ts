/** What a lane holds for a whole run: the two roots, its settings, and the ledger of the job at hand. */
import { randomBytes } from 'node:crypto';
import { openLeftReader } from '../../journal/left-reader.ts';
import type { LeftRow } from '../../journal/types.ts';
import { ECANCELED } from '../../store/local/bytes.ts';
import { fault } from '../../store/local/fault.ts';
import type { PlaceHow } from '../../store/local/place.ts';
import * as c from '../../work/posix/constants.ts';
import * as libc from '../../work/posix/libc.ts';
import { Slot } from '../../work/posix/memory.ts';
import type { LaneSetup } from './jobs.ts';
import { Ledger } from './ledger.ts';
import { Shared } from './shared.ts';

export class Lane {
  readonly setup: LaneSetup;
  readonly ledger: Ledger;
  readonly shared: Shared;
  readonly source: number;
  /** negative in a dry run whose destination does not exist */
  readonly dest: number;
  readonly how: PlaceHow;
  readonly tag: Buffer;
  /** bytes and entries of the job so far, for its budget */
  spentBytes = 0;
  spentEntries = 0;
  readonly #number: number;
  readonly #left: ((dir: bigint) => readonly LeftRow[]) | undefined;
  #partials = 0;
  readonly #nonce = randomBytes(6).toString('hex');

  constructor(setup: LaneSetup, number: number) {
    this.setup = setup;
    this.#number = number;
    this.ledger = new Ledger(setup.verbose);
    this.shared = new Shared(setup.shared);
    this.source = openRoot(setup.source);
    this.dest = openRoot(setup.dest);
    this.tag = Buffer.from(setup.tag);
    this.how = {
      keep: setup.keep,
      holder: setup.holder,
      partialName: () => this.partialName(),
      before: (bytes) => this.moves(bytes),
    };
    const reader = setup.leftPath === undefined ? undefined : openLeftReader(setup.leftPath);
    this.#left = reader && ((dir) => reader.of(dir));
  }

  /** What earlier runs left in a directory; nothing where nobody knows. */
  leftIn(dir: bigint): readonly LeftRow[] {
    return this.#left ? this.#left(dir) : [];
  }

  partialName(): Buffer {
    return Buffer.from(`${this.setup.tag}${this.#nonce}-${++this.#partials}.part`);
  }

  /** Bytes are about to move: waits for the rate that was asked for; false when the run is to stop. */
  moves(bytes: number): boolean {
    if (this.shared.stopped) return false;
    this.spentBytes += bytes;
    this.shared.count(this.#number, bytes, 0);
    const rate = this.setup.bytesPerSecond;
    return rate === undefined || this.shared.pace(bytes, rate);
  }

  /** An entry is dealt with. */
  counted(): void {
    this.spentEntries++;
    this.shared.count(this.#number, 0, 1);
  }

  /** An entry failed; a full disk ends the run, a stop is no failure. */
  failed(path: () => Uint8Array, errno: number, side: 'read' | 'write'): void {
    if (errno === -ECANCELED) return;
    const failure = fault(path(), errno, side);
    this.ledger.failed(failure);
    if (failure.kind === 'full') this.shared.stop();
  }
}

const slot = new Slot();

function openRoot(path: Uint8Array): number {
  return libc.openat(c.AT_FDCWD, slot.put(path), c.O_RDONLY | c.O_DIRECTORY | c.O_CLOEXEC, 0);
}
