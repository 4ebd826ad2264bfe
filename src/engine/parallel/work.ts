/** A lane's work: takes one job at a time, does it, and says what became of it. Runs in any thread. */
import { compileRules } from '../../profile/filter.ts';
import { type Bundle, type Pace, Walk } from '../../profile/walk.ts';
import { emptyProfile } from '../../profile/profile.ts';
import { begin, copyRange, drop, finish } from './big.ts';
import { Copying } from './copying.ts';
import type { Job, LaneSetup, Outcome } from './jobs.ts';
import { Lane } from './lane.ts';
import { link } from './links.ts';

const shareAfter = 128; // entries: less is done sooner than given away

export type Worker = (job: Job) => Outcome;

/** Opens a lane; `share` takes names of a very large directory while a job goes on. */
export function openLane(setup: LaneSetup, number: number, share: (parent: number, bundle: Bundle) => void): Worker {
  const lane = new Lane(setup, number);
  const excluded = setup.rules.length > 0 ? compileRules(setup.rules) : undefined;
  return (job) => {
    lane.ledger.open(job.id);
    lane.spentBytes = 0;
    lane.spentEntries = 0;
    perform(job);
    const { out } = lane.ledger;
    return lane.shared.stopped ? { ...out, stopped: true } : out;
  };

  function perform(job: Job): void {
    if (job.kind === 'walk') walkOf(job.id, job.descend, lane.ledger.out.profile, job.bundle, job);
    else if (job.kind === 'links') for (const group of job.groups) link(lane, aside(job.id), group);
    else if (job.kind === 'begin') begin(lane, job.file);
    else if (job.kind === 'range') copyRange(lane, job.file, job.offset, job.length);
    else if (job.kind === 'finish') finish(lane, job.file);
    else drop(lane, job.file);
  }

  function walkOf(id: number, descend: boolean, profile: Outcome['profile'], bundle: Bundle, how: { inline: boolean; again: boolean }): void {
    const suspectSince = how.again ? 0n : setup.suspectSince > 0n ? setup.suspectSince : undefined;
    const copying = new Copying(lane, { inline: how.inline, linksToo: how.inline, suspectSince });
    const rest = makeWalk(id, descend, how.inline ? emptyProfile() : profile).run(bundle, copying);
    lane.ledger.out.rest.push(...rest);
  }

  function aside(id: number): Walk {
    return makeWalk(id, false, emptyProfile());
  }

  function makeWalk(id: number, descendInto: boolean, profile: Outcome['profile']): Walk {
    const settings = { root: lane.source, excluded, oneFileSystem: setup.oneFileSystem, descendInto };
    return new Walk(settings, profile, paceOf(id));
  }

  function paceOf(id: number): Pace {
    const { budget } = setup;
    const hungry = () => lane.shared.idle > 0 && lane.spentEntries >= shareAfter;
    return {
      stopped: () => lane.shared.stopped,
      spent: () => lane.spentEntries >= budget.entries || lane.spentBytes >= budget.bytes || hungry(),
      wanted: hungry,
      share: (bundle) => {
        lane.shared.idle = Math.max(0, lane.shared.idle - 1);
        share(id, bundle);
      },
    };
  }
}
