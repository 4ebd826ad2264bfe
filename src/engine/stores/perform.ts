/** A lane's work: takes one job at a time, does it, and says what became of it. */
import type { Perform } from '../../conduct/async-lanes.ts';
import type { Job } from '../../conduct/jobs.ts';
import type { Bundle } from '../../profile/bundle.ts';
import { emptyProfile } from '../../profile/profile.ts';
import { tallyDirectory } from '../../profile/tally.ts';
import { carry, isNewRoot, mayCarry, type WalkJob } from './carry-new.ts';
import { comparing } from './comparing.ts';
import { copying } from './copying.ts';
import type { Crewed } from './crew.ts';
import { putRight } from './directory/enter.ts';
import { begin, copyRange, drop, finish } from './entries/big.ts';
import { link } from './entries/links.ts';
import { Lane } from './lane.ts';
import { Doubts } from './metadata/doubts.ts';
import { dressWorn } from './metadata/other-attributes.ts';
import { scanning } from './scanning.ts';
import { Together } from './together.ts';
import { isBelow } from './walk/bundles.ts';
import { walk } from './walk/lane-walk.ts';
import { shareRoot } from './walk/root-slices.ts';

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

async function compare(
  lane: Lane,
  { bundle, descend }: Extract<Job, { kind: 'scan' | 'verify' }>,
): Promise<void> {
  const visitor = comparing(lane);
  await walk(lane, bundle, visitor, { profile: lane.ledger.out.profile, descendInto: descend });
  await visitor.end();
}

async function walkOrCarry(lane: Lane, job: WalkJob): Promise<void> {
  const { setup } = lane;
  const { bundle } = job;
  if (isNewRoot(setup, job) && (await shareAll(lane)))
    return tallyDirectory(lane.ledger.out.profile, bundle.dir);
  if (setup.sweep && !setup.dryRun && isBelow(bundle)) await putRight(lane, bundle.dir);
  if (!mayCarry(setup, job)) return copy(lane, job);
  const done = await carry(lane, job);
  if (!done) return copy(lane, { ...job, bundle: { ...bundle, fresh: undefined } }); // some may be there now
  lane.ledger.out = done;
  lane.wrote();
}

function shareAll(lane: Lane): Promise<boolean> {
  const { setup, share, signal } = lane;
  const failed = lane.failed.bind(lane);
  return shareRoot(setup.source, { dest: setup.dest, share, failed }, signal);
}

async function copy(lane: Lane, { alone, bundle, descend, inline }: WalkJob): Promise<void> {
  const { batches, dryRun, single } = lane.setup;
  const linksToo = inline || alone;
  const profile = linksToo ? emptyProfile() : lane.ledger.out.profile; // a large file was counted when it was found
  lane.together = batches && !(dryRun || single || linksToo) ? new Together(lane, batches) : undefined;
  lane.doubts = linksToo ? undefined : new Doubts();
  try {
    const how = { profile, descendInto: descend, ...(linksToo && { tellsLinks: false }) };
    await walk(lane, bundle, copying(lane, { inline, linksToo }), how);
    await dressWorn(lane);
  } finally {
    await lane.together?.ended();
    lane.together = undefined;
    lane.doubts = undefined;
  }
}

/** Names that share a file, which are joined afterwards. */
function copyAlone(lane: Lane, bundle: Bundle): Promise<void> {
  const how = { profile: emptyProfile(), descendInto: false, tellsLinks: false };
  return walk(lane, bundle, copying(lane, { inline: false, linksToo: true }), how);
}

/** What is listed may be much, and is said as it is; who conducts has nothing to take out of it. */
function isLarge(job: Job): boolean {
  return job.kind === 'walk' && !job.inline && !job.alone && job.bundle.what === 'trees';
}
