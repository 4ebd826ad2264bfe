/** What a lane has to say about the job it is doing, gathered as it goes. */
import { emptyProfile, holesIn } from '../../profile/profile.ts';
import { type Action, emptyTally, type Failure, type Topic } from '../../report/events.ts';
import type { Outcome } from '../jobs.ts';
import type { Told } from './lanes.ts';

/** What a job did is held until its end, but no more than this. */
const mostHeld = 1000;

type Setup = { readonly verbose: boolean; readonly inlineBytes: number };

export class Ledger {
  out: Outcome = blank(0);
  readonly #setup: Setup;
  #did: Told['did'];

  constructor(setup: Setup) {
    this.#setup = setup;
  }

  /** Starts anew for another job; `did` is told of much that is done before its end. */
  open(id: number, did?: Told['did']): void {
    this.out = blank(id);
    this.#did = did;
  }

  /** Something was written that is not durable yet, where nobody tells file systems apart. */
  wrote(): void {
    const { devices } = this.out;
    if (devices.length === 0) devices.push({ device: 0n, dir: new Uint8Array(0) });
  }

  did(action: Action, path: () => Uint8Array, bytes: number): void {
    const tally = this.out.tally;
    if (action === 'copy' || action === 'update') this.#copied(bytes, action === 'update', 1);
    else if (action === 'link') tally.linked++;
    else if (action === 'make') tally.made++;
    else tally.repaired++;
    if (!this.#setup.verbose) return;
    this.out.done.push({ action, path: path(), bytes });
    if (this.#did && this.out.done.length >= mostHeld) this.#did(this.out.done.splice(0));
  }

  /** Of a file that was said to be copied only what changed was sent. */
  merged(bytes: number): void {
    this.out.tally.deltas++;
    this.out.tally.deltaBytes += bytes;
  }

  /** What the source does not hold of a file that was said to be copied whole is in holes. */
  hollow(bytes: number, allocated: number | undefined): void {
    this.out.tally.holeBytes += holesIn(bytes, allocated);
  }

  /** A new file that was said to be copied is not there after all. */
  undid(bytes: number): void {
    this.#copied(bytes, false, -1);
  }

  #copied(bytes: number, isUpdate: boolean, times: 1 | -1): void {
    const { tally } = this.out;
    tally.copied += times;
    tally.copiedBytes += times * bytes;
    if (isUpdate) {
      tally.updated += times;
      tally.updatedBytes += times * bytes;
    }
    if (bytes <= this.#setup.inlineBytes) return;
    tally.large += times;
    tally.largeBytes += times * bytes;
  }

  skipped(bytes: number, entries = 1): void {
    this.out.tally.skipped += entries;
    this.out.tally.skippedBytes += bytes;
  }

  failed(failure: Failure): void {
    if (failure.kind === 'refused') this.out.tally.refused++;
    else this.out.tally.failed++;
    this.out.failures.push(failure);
  }

  notice(topic: Topic, count = 1): void {
    if (count > 0) this.out.notices[topic] = (this.out.notices[topic] ?? 0) + count;
  }

  /** What could not be kept, counted by topic. */
  lost(lost: Readonly<Partial<Record<Topic, number>>>): void {
    for (const topic in lost) this.notice(topic as Topic, lost[topic as Topic]);
  }
}

function blank(id: number): Outcome {
  return {
    id,
    stopped: false,
    tally: emptyTally(),
    profile: emptyProfile(),
    notices: {},
    failures: [],
    done: [],
    rest: [],
    bigs: [],
    links: [],
    groups: [],
    left: [],
    leftEnd: [],
    devices: [],
    differences: [],
    pairs: [],
    big: undefined,
  };
}
