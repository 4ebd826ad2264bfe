/** A lane's work: takes one job at a time, does it, and says what became of it. */

import type { Job } from '../../conduct/jobs.ts';
import type { Perform } from '../../conduct/lanes/async-lanes.ts';
import type { Crewed } from './crew.ts';
import { begin, copyRange, drop } from './entries/big.ts';
import { finish } from './entries/finish-big.ts';
import { link } from './entries/links.ts';
import { Lane } from './lane.ts';
import { scanning } from './scanning.ts';
import { walk } from './walk/lane-walk.ts';
import { compare, copyAlone, walkOrCarry } from './walk-job.ts';

export function openLane(crewed: Crewed, number: number): Perform {
  const lane = new Lane(crewed, number);
  const { board } = crewed;
  return async (job, tell, did) => {
    lane.open(job.id, isLarge(job) ? did : undefined, (bundle) => tell(job.id, bundle));
    try {
      await work(lane, job);
    } catch (error) {
      if (!board.stopped) throw error;
    }
    const { out } = lane.ledger;
    return board.stopped ? { ...out, stopped: true } : out;
  };
}

async function work(lane: Lane, job: Job): Promise<void> {
  const { profile } = lane.ledger.out;
  switch (job.kind) {
    case 'walk':
      return walkOrCarry(lane, job);
    case 'scan':
      return walk(lane, job.bundle, scanning(lane), { profile, descendInto: job.descend });
    case 'verify':
      return compare(lane, job);
    case 'links':
      return link(lane, (bundle) => copyAlone(lane, bundle), job.groups, job.led);
    case 'begin':
      return begin(lane, job.file);
    case 'range':
      return copyRange(lane, job.file, job);
    case 'finish':
      return finish(lane, job.file);
    case 'drop':
      return drop(lane, job.file);
  }
}

/** What is listed may be much, and is said as it is; who conducts has nothing to take out of it. */
function isLarge(job: Job): boolean {
  return job.kind === 'walk' && !job.inline && !job.alone && job.bundle.what === 'trees';
}
