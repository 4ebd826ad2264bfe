/** A lane's work: takes one job at a time, does it, and says what became of it. Runs in any thread. */

import type { Job, Outcome } from '../../conduct/jobs.ts';
import type { LeftReader } from '../../journal/left-reader.ts';
import type { Bundle } from '../../profile/bundle.ts';
import { excludedBy } from '../../profile/filter.ts';
import type { Pace, Wanted } from '../../profile/pace.ts';
import { emptyProfile } from '../../profile/profile.ts';
import type { Directory, Visitor } from '../../profile/visitor.ts';
import { Walk } from '../../profile/walk.ts';
import { begin, copyRange, drop, finish } from './big.ts';
import { Comparing } from './comparing.ts';
import { Copying } from './copying.ts';
import { insideTimes, Lane } from './lane.ts';
import type { LaneSetup } from './lane-setup.ts';
import { link } from './links.ts';
import { Scanning } from './scanning.ts';

const mostlyNames = 32 * 1024; // bytes a file
const shareAfter = 128; // entries: less is done sooner than given away

export type Worker = Disposable & { perform(job: Job): Outcome };

type With = {
  /** takes names of a very large directory while a job goes on */
  readonly share: (parent: number, bundle: Bundle) => void;
  /** what earlier runs left: the lane's from now on */
  readonly left: LeftReader | undefined;
};

/** Opens a lane, in the thread that calls it. */
export function openLane(setup: LaneSetup, number: number, { share, left }: With): Worker {
  const lane = new Lane(setup, number, left);
  const excluded = excludedBy(setup.rules);
  return {
    perform(job) {
      lane.ledger.open(job.id);
      lane.spentBytes = 0;
      lane.spentEntries = 0;
      work(job);
      const { out } = lane.ledger;
      return lane.shared.stopped ? { ...out, stopped: true } : out;
    },
    [Symbol.dispose]: () => lane[Symbol.dispose](),
  };

  function work(job: Job): void {
    switch (job.kind) {
      case 'walk':
        return walkOf(job);
      case 'scan':
        return surveyOf(job, new Scanning(lane));
      case 'verify':
        return surveyOf(job, new Comparing(lane, excluded));
      case 'links':
        for (const group of job.groups) link(lane, aside(job.id), group, job.led);
        return;
      case 'begin':
        return begin(lane, job.file);
      case 'range':
        return copyRange(lane, job.file, job.offset, job.length);
      case 'finish':
        return finish(lane, job.file);
      case 'drop':
        return drop(lane, job.file);
    }
  }

  function walkOf({ id, bundle, inline, alone, descend }: Extract<Job, { kind: 'walk' }>): void {
    const suspectSince = setup.suspectSince > 0n ? setup.suspectSince : undefined;
    const copying = new Copying(lane, { inline, linksToo: inline || alone, suspectSince });
    const profile = inline || alone ? emptyProfile() : lane.ledger.out.profile; // a large file was counted when it was found
    lane.ledger.out.rest.push(...makeWalk(id, descend, profile).run(bundle, copying));
    copying.end();
  }

  function surveyOf(job: Extract<Job, { kind: 'scan' | 'verify' }>, visitor: Visitor): void {
    const walk = makeWalk(job.id, job.descend, lane.ledger.out.profile);
    lane.ledger.out.rest.push(...walk.run(job.bundle, visitor));
  }

  function aside(id: number): Walk {
    return makeWalk(id, false, emptyProfile());
  }

  function makeWalk(id: number, descendInto: boolean, profile: Outcome['profile']): Walk {
    const settings = {
      root: lane.source,
      opener: lane.sources,
      excluded,
      oneFileSystem: setup.oneFileSystem,
      descendInto,
    };
    return new Walk(settings, profile, paceOf(id));
  }

  /**
   * Lanes that make names in one directory wait for each other, so what is new there is left to one of them,
   * unless its files are large enough to be what takes the time.
   */
  function wantedOf(dir: Directory): Wanted {
    if (number === 0) return 'rest';
    return dir.fresh && lane.spentBytes < lane.spentEntries * mostlyNames ? 'nothing' : 'some';
  }

  function paceOf(id: number): Pace {
    const hungry = (times = 1) => lane.shared.idle > 0 && lane.spentEntries >= shareAfter * times;
    const isSpent = (times: number) => lane.isSpent(times) || hungry(times);
    return {
      stopped: () => lane.shared.stopped,
      spent: (isInside) => isSpent(isInside ? insideTimes : 1),
      wanted: (dir) => (hungry() ? wantedOf(dir) : 'nothing'),
      share: (bundle) => {
        lane.shared.idle = Math.max(0, lane.shared.idle - 1);
        share(id, bundle);
      },
    };
  }
}
