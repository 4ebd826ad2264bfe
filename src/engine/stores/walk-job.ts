/** The jobs of a lane that walk: to compare, to copy what is small, or to have new trees carried at once. */
import type { Job } from '../../conduct/jobs.ts';
import type { Bundle } from '../../profile/bundle.ts';
import { emptyProfile } from '../../profile/profile.ts';
import { tallyDirectory } from '../../profile/tally.ts';
import { carry, isNewRoot, mayCarry, type WalkJob } from './carry-new.ts';
import { Comparing } from './comparing.ts';
import { copying } from './copying.ts';
import { putRight } from './directory/enter.ts';
import type { Lane } from './lane.ts';
import { Doubts } from './metadata/doubts.ts';
import { dressWorn } from './metadata/other-attributes.ts';
import { Together } from './together.ts';
import { isBelow } from './walk/bundles.ts';
import { walk } from './walk/lane-walk.ts';
import { shareRoot } from './walk/root-slices.ts';

/** Names what differs in both trees, in the bundle and below. */
export async function compare(
  lane: Lane,
  { bundle, descend }: Extract<Job, { kind: 'scan' | 'verify' }>,
): Promise<void> {
  const visitor = new Comparing(lane);
  await walk(lane, bundle, visitor, { profile: lane.ledger.out.profile, descendInto: descend });
  await visitor.end();
}

/** What is new with all that is in it goes at once, where somebody carries it; all else is looked at. */
export async function walkOrCarry(lane: Lane, job: WalkJob): Promise<void> {
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
export function copyAlone(lane: Lane, bundle: Bundle): Promise<void> {
  const how = { profile: emptyProfile(), descendInto: false, tellsLinks: false };
  return walk(lane, bundle, copying(lane, { inline: false, linksToo: true }), how);
}
