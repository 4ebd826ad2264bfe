/** A lane's work: takes one job at a time, does it, and says what became of it. */

import type { Perform } from '../../conduct/async-lanes.ts';
import type { Job, Outcome } from '../../conduct/jobs.ts';
import { isUntouched } from '../../conduct/setup.ts';
import type { Bundle } from '../../profile/bundle.ts';
import { compileRules } from '../../profile/filter.ts';
import { emptyProfile, type Profile } from '../../profile/profile.ts';
import { tallyDirectory } from '../../profile/tally.ts';
import { begin, copyRange, drop, finish } from './big.ts';
import { comparing } from './comparing.ts';
import { type CopyHow, copying } from './copying.ts';
import { Doubts } from './doubts.ts';
import { putRight } from './enter.ts';
import { type Crewed, Lane } from './lane.ts';
import { link } from './links.ts';
import { dressWorn } from './other-attributes.ts';
import { shareRoot } from './root-slices.ts';
import { scanning } from './scanning.ts';
import { Together } from './together.ts';
import type { Visitor } from './visitor.ts';
import { Walk } from './walk.ts';

const shareAfter = 128; // entries: less is done sooner than given away
const shareBatchAfter = 500;
const atOnceForOne = 8; // entries that each lane may have under way, if it goes by who has nothing to do

type WalkJob = Extract<Job, { kind: 'walk' }>;
type LookJob = Extract<Job, { kind: 'scan' | 'verify' }>;

export function openLane(crewed: Crewed, number: number): Perform {
  const lane = new Lane(crewed, number);
  const { setup, board } = crewed;
  const excluded = setup.rules.length > 0 ? compileRules(setup.rules) : undefined;
  let share: (bundle: Bundle) => void;
  return async (job, tell, did) => {
    lane.open(job.id, isLarge(job) ? did : undefined);
    share = (bundle) => tell(job.id, bundle);
    const { out } = lane.ledger;
    try {
      await work(job, out);
    } catch (error) {
      if (!board.stopped) throw error;
    }
    const became = lane.ledger.out;
    return board.stopped ? { ...became, stopped: true } : became;
  };

  async function work(job: Job, out: Outcome): Promise<void> {
    switch (job.kind) {
      case 'walk':
        return walkOf(job, out);
      case 'scan':
        return walk(job.bundle, scanning(lane), { profile: out.profile, descendInto: job.descend });
      case 'verify':
        return compare(job, out);
      case 'links':
        return link(lane, alone, job.groups, job.led);
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

  async function compare({ bundle, descend }: LookJob, out: Outcome): Promise<void> {
    const visitor = comparing(lane, excluded);
    await walk(bundle, visitor, { profile: out.profile, descendInto: descend });
    await visitor.end();
  }

  async function walkOf(given: WalkJob, out: Outcome): Promise<void> {
    const failed = lane.failed.bind(lane);
    if (
      isNewRoot(given) &&
      (await shareRoot(setup.source, { dest: setup.dest, share, failed }, board.signal))
    )
      return tallyDirectory(out.profile, given.bundle.dir);
    if (setup.sweep && !setup.dryRun && isBelow(given.bundle)) await putRight(lane, given.bundle.dir);
    const isNew = mayCarry(given);
    const done = isNew ? await carry(given) : undefined;
    if (done) return ledgerOf(done);
    const job = isNew ? { ...given, bundle: { ...given.bundle, fresh: undefined } } : given; // some may be there now
    const { inline, descend: descendInto } = job;
    const profile = inline || job.alone ? emptyProfile() : out.profile; // a large file was counted when it was found
    const { batches, dryRun, single } = setup;
    const linksToo = inline || job.alone;
    lane.together = batches && !(dryRun || single || linksToo) ? new Together(lane, batches) : undefined;
    lane.doubts = linksToo ? undefined : new Doubts();
    try {
      await walk(job.bundle, copyingOf({ inline, linksToo }), {
        profile,
        descendInto,
        ...(linksToo && { tellsLinks: false }),
      });
      await dressWorn(lane);
    } finally {
      await lane.together?.ended();
      lane.together = undefined;
      lane.doubts = undefined;
    }
  }

  /** It is there, and looks like the source's with all that comes into it. */
  function isNewRoot({ bundle, inline, alone }: WalkJob): boolean {
    const isHere = !('roundTripMs' in setup.source); // else looking at names one by one takes long
    return isHere && isRoot(bundle) && isUntouched(setup) && carries(inline || alone);
  }

  /** Both trees are going to be listed; a rival of what seems to be missing at the destination is met when it is made. */
  function listAhead(): void {
    const { source, dest, dryRun } = setup;
    const anew = setup.suspectSince > 0n; // this run, perhaps, wrote there before
    source.listAhead?.({ surely: true, anew }, board.signal);
    if (!isUntouched(setup)) dest.listAhead?.({ surely: dryRun, anew }, board.signal);
  }

  function carries(linksToo: boolean): boolean {
    return setup.carryTrees !== undefined && !(linksToo || setup.dryRun || setup.single);
  }

  /** Only what is new with all that is in it, and is to be copied as it is. */
  function mayCarry({ bundle, inline, alone }: WalkJob): boolean {
    return (
      carries(inline || alone) && (isNewTrees(bundle) || isSliceOfNew(bundle) || isRootElsewhere(bundle))
    );
  }

  /** All of it may be listed and carried in one go. */
  function isRootElsewhere(bundle: Bundle): boolean {
    return 'roundTripMs' in setup.source && isRoot(bundle) && isUntouched(setup);
  }

  async function carry({ bundle, id }: WalkJob): Promise<Outcome | undefined> {
    const moved = async (bytes: number, entries: number) => {
      board.count(0, entries);
      await lane.moves(bytes);
    };
    try {
      return await setup.carryTrees!(bundle, id, moved, board.signal);
    } catch (error) {
      board.signal.throwIfAborted();
      lane.failed(bundle.dir, error);
      return undefined;
    }
  }

  function ledgerOf(done: Outcome): void {
    lane.ledger.out = done;
    lane.wrote();
  }

  function alone(bundle: Bundle): Promise<void> {
    const how = { profile: emptyProfile(), descendInto: false, tellsLinks: false };
    return walk(bundle, copyingOf({ inline: false, linksToo: true }), how);
  }

  function copyingOf(how: CopyHow) {
    return copying(lane, how);
  }

  async function walk<Here>(
    bundle: Bundle,
    visitor: Visitor<Here>,
    how: { readonly profile: Profile; readonly descendInto: boolean; readonly tellsLinks?: boolean },
  ): Promise<void> {
    const { budget, source } = setup;
    const most = () => (lane.together ? lane.batchPace.entries : budget.entries);
    const bytes = lane.together ? lane.budgetBytes : budget.bytes;
    const leastShared = lane.together ? (setup.batches?.budget?.entries ?? shareBatchAfter) : shareAfter;
    const hungry = () => board.idle > 0 && lane.worked >= leastShared;
    const walking = {
      leavesFresh: setup.carryTrees !== undefined && lane.together !== undefined,
      tellsLinks: setup.keep.hardlinks,
      ...how,
      source,
      excluded,
      signal: board.signal,
      hungry,
      atOnce: () => (lane.together ? 0 : atOnceForOne * (1 + board.idle)),
      spent: () => lane.spentEntries >= most() || lane.spentBytes >= bytes || hungry(),
      async share(given: Bundle) {
        await lane.together?.flush(); // its directory has to be there
        board.idle = Math.max(0, board.idle - 1);
        share(given);
      },
    };
    const isForOthers = walking.leavesFresh && isUntouched(setup); // who list what they carry
    if (isRoot(bundle) && !isForOthers) listAhead();
    const rest = await new Walk(walking, visitor).run(bundle);
    await lane.together?.flush();
    lane.ledger.out.rest.push(...rest);
  }
}

/** What is listed may be much, and is said as it is; who conducts has nothing to take out of it. */
function isLarge(job: Job): boolean {
  return job.kind === 'walk' && !job.inline && !job.alone && job.bundle.what === 'trees';
}

function isRoot({ what, dir, names }: Bundle): boolean {
  return what === 'trees' && dir.length === 0 && names[0] === 0;
}

/** Nobody enters the directory that they are in. */
function isBelow({ what, dir, names }: Bundle): boolean {
  return what === 'trees' && !(dir.length === 0 && names[0] === 0);
}

function isNewTrees({ what, fresh }: Bundle): boolean {
  return what === 'trees' && fresh !== undefined && fresh.length > 0 && fresh.every((byte) => byte === 1);
}

function isSliceOfNew({ what, fresh, slice }: Bundle): boolean {
  return what === 'entries' && fresh !== undefined && slice > 0;
}
