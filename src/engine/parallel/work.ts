/** A lane's work: takes one job at a time, does it, and says what became of it. Runs in any thread. */

import type { Job, Outcome } from '../../conduct/jobs.ts';
import type { LeftReader } from '../../journal/left-reader.ts';
import { emptyProfile } from '../../profile/profile.ts';
import type { Visitor } from '../../profile/visitor.ts';
import { begin, copyRange, drop, finish } from './big.ts';
import { Comparing } from './comparing.ts';
import { Copying } from './copying.ts';
import { Lane } from './lane.ts';
import type { LaneSetup } from './lane-setup.ts';
import { link } from './links.ts';
import { Scanning } from './scanning.ts';
import { type Share, Walks } from './walks.ts';

export type Worker = Disposable & { perform(job: Job): Outcome };

type With = {
  readonly share: Share;
  /** what earlier runs left: the lane's from now on */
  readonly left: LeftReader | undefined;
};

/** Opens a lane, in the thread that calls it. */
export function openLane(setup: LaneSetup, number: number, { share, left }: With): Worker {
  const lane = new Lane(setup, number, left);
  const walks = new Walks(lane, share);
  return {
    perform(job) {
      lane.ledger.open(job.id);
      lane.spentBytes = 0;
      lane.spentEntries = 0;
      work(lane, walks, job);
      const { out } = lane.ledger;
      return lane.shared.stopped ? { ...out, stopped: true } : out;
    },
    [Symbol.dispose]: () => lane[Symbol.dispose](),
  };
}

function work(lane: Lane, walks: Walks, job: Job): void {
  switch (job.kind) {
    case 'walk':
      return copy(lane, walks, job);
    case 'scan':
      return survey(lane, walks, job, new Scanning(lane));
    case 'verify':
      return survey(lane, walks, job, new Comparing(lane, walks.excluded));
    case 'links':
      for (const group of job.groups) link(lane, walks.make(job.id, false, emptyProfile()), group, job.led);
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

function copy(
  lane: Lane,
  walks: Walks,
  { id, bundle, inline, alone, descend }: Extract<Job, { kind: 'walk' }>,
): void {
  const { out } = lane.ledger;
  const suspectSince = lane.setup.suspectSince > 0n ? lane.setup.suspectSince : undefined;
  const copying = new Copying(lane, { inline, linksToo: inline || alone, suspectSince });
  const profile = inline || alone ? emptyProfile() : out.profile; // a large file was counted when it was found
  out.rest.push(...walks.make(id, descend, profile).run(bundle, copying));
  copying.end();
}

function survey(
  lane: Lane,
  walks: Walks,
  { id, bundle, descend }: Extract<Job, { kind: 'scan' | 'verify' }>,
  visitor: Visitor,
): void {
  const { out } = lane.ledger;
  out.rest.push(...walks.make(id, descend, out.profile).run(bundle, visitor));
}
