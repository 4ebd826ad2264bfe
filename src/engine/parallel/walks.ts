/** Walks of a lane over its source: as much as a job may do, and no more of a very large directory while others have nothing to do. */
import type { Bundle } from '../../profile/bundle.ts';
import { type Excluded, excludedBy } from '../../profile/filter.ts';
import type { Pace, Wanted } from '../../profile/pace.ts';
import type { Profile } from '../../profile/profile.ts';
import type { Directory, Unseen } from '../../profile/visitor.ts';
import { Walk } from '../../profile/walk.ts';
import { insideTimes, type Lane } from './lane.ts';

const mostlyNames = 32 * 1024; // bytes a file
const shareAfter = 128; // entries: less is done sooner than given away

/** Takes names of a very large directory while the job of this number goes on. */
export type Share = (parent: number, bundle: Bundle) => void;

export class Walks {
  readonly excluded: Excluded | undefined;
  readonly #lane: Lane;
  readonly #share: Share;
  readonly #unseen: Unseen;

  constructor(lane: Lane, share: Share) {
    this.excluded = excludedBy(lane.setup.rules);
    this.#lane = lane;
    this.#share = share;
    this.#unseen = {
      failed: (path, errno) => lane.failed(() => path, errno, 'read'),
      passed: (why) => lane.ledger.notice(why),
    };
  }

  /** One for the job of this number, which counts what it finds into `profile`. */
  make(id: number, descendInto: boolean, profile: Profile): Walk {
    const { source: root, sources: opener, setup } = this.#lane;
    const { oneFileSystem } = setup;
    const unseen = this.#unseen;
    const settings = { root, opener, excluded: this.excluded, oneFileSystem, descendInto, unseen };
    return new Walk(settings, profile, this.#paceOf(id));
  }

  #paceOf(id: number): Pace {
    const { shared } = this.#lane;
    return {
      stopped: () => shared.stopped,
      spent: (isInside) => this.#isSpent(isInside ? insideTimes : 1),
      wanted: (dir) => (this.#isWaitedFor(1) ? this.#wantedOf(dir) : 'nothing'),
      share: (bundle) => {
        shared.idle = Math.max(0, shared.idle - 1);
        this.#share(id, bundle);
      },
    };
  }

  #isSpent(times: number): boolean {
    return this.#lane.isSpent(times) || this.#isWaitedFor(times);
  }

  /** Another lane has nothing to do, and enough was done here. */
  #isWaitedFor(times: number): boolean {
    return this.#lane.shared.idle > 0 && this.#lane.spentEntries >= shareAfter * times;
  }

  /**
   * Lanes that make names in one directory wait for each other, so what is new there is left to one of them,
   * unless its files are large enough to be what takes the time.
   */
  #wantedOf({ fresh }: Directory): Wanted {
    const { number, spentBytes, spentEntries } = this.#lane;
    if (number === 0) return 'rest';
    return fresh && spentBytes < spentEntries * mostlyNames ? 'nothing' : 'some';
  }
}
