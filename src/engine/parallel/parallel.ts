/**
 * The parallel engine: walks, compares and copies in several lanes at once, on this machine.
 *
 * A tree is handed out as bundles of directories; a lane walks one, copies what is small as it goes and hands back
 * what is left over, large files and names with several links. The first look is taken in this thread, and for
 * a small tree it is the last. It promises that a Part is told to the Journal only once it is durable; it does
 * not promise an order.
 */

import { setImmediate as turn } from 'node:timers/promises';
import { conduct } from '../../conduct/conduct.ts';
import type { Conductor } from '../../conduct/conductor.ts';
import type { Job } from '../../conduct/jobs.ts';
import type { StartLanes } from '../../conduct/lanes/lanes.ts';
import type { Order, Telling } from '../../conduct/order.ts';
import type { Bundle } from '../../profile/bundle.ts';
import { Barrier } from './barrier.ts';
import { openLeft } from './lane.ts';
import type { LaneSetup } from './lane-setup.ts';
import { Lanes } from './lanes.ts';
import { Outlook } from './outlook.ts';
import { Shared } from './shared.ts';
import { openLane, type Worker } from './work.ts';

const leastLanes = 2;
const firstLook = { entries: 200, bytes: 8 * 1024 * 1024 };
const fewMs = 200; // another thread costs as much to start, and what it learns of the code is nobody else's
const warmMs = 30; // what takes long before that says little of what comes
const muchMs = 500; // by what cold code takes, of which a third is left when it is warm

/** Runs until all is done or it has to stop; what is left is in the Journal. Adds to `score`. */
export async function parallel(
  order: Order & { readonly setup: Omit<LaneSetup, 'shared'> },
  telling: Telling,
): Promise<void> {
  const shared = new Shared();
  const setup: LaneSetup = { ...order.setup, shared: shared.buffer };
  using opened = new DisposableStack();
  const barrier = opened.use(new Barrier(setup.dest));
  const begin = async (conductor: Conductor) => {
    const outlook = new Outlook();
    const here = openHere(setup, conductor, outlook);
    if (here) opened.use(here);
    if (here && !(await lookFirst(conductor, shared, { here, outlook }))) return undefined;
    const start: StartLanes = (told) => new Lanes(setup, shared, told, here);
    return { start, lanes: order.lanes, cores: coresFor(order, conductor) };
  };
  const bigs = {
    rangesOf: () => ({ rangeBytes: setup.rangeBytes, mostBytes: 0 }),
    tellsBegun: false,
    apart: true,
  };
  await conduct({ ...order, setup, ...bigs, board: shared, barrier, begin }, telling);
}

/** Two lanes that write one file wait for each other: it has a second one when that is seen to be quicker. */
function coresFor({ cores }: Order, { isOneFile }: Conductor): number {
  return isOneFile ? 1 : Math.max(leastLanes, cores);
}

/** A lane in this thread, which takes little at a time. */
function openHere(setup: LaneSetup, conductor: Conductor, outlook: Outlook): Worker | undefined {
  if (setup.bytesPerSecond !== undefined) return undefined; // waiting for the rate is not for this thread
  const share = (parent: number, bundle: Bundle) => {
    conductor.shared(parent, bundle);
    outlook.shared(bundle);
  };
  return openLane({ ...setup, budget: firstLook }, 0, { share, left: openLeft(setup) });
}

type First = { readonly here: Worker; readonly outlook: Outlook };

/**
 * A small tree, or what is small of a larger one, in this thread, before other threads are worth their start; true:
 * there is more. A single file of any size that shares its blocks is done here too.
 */
async function lookFirst(conductor: Conductor, shared: Shared, { here, outlook }: First): Promise<boolean> {
  const startMs = performance.now();
  shared.idle = 1 << 30; // whatever is more than a little is for others
  const perform = (job: Job) => {
    const outcome = here.perform(job);
    conductor.ended(job, outcome);
    outlook.ended(job, outcome.rest);
  };
  const job = conductor.take(1);
  if (job) perform(job);
  for (let spentMs = 0; spentMs < fewMs; ) {
    const { files, directories } = conductor.score.profile;
    if (spentMs > warmMs && outlook.leftMs(spentMs, files + directories) > muchMs) break;
    const quick = conductor.takeQuick(firstLook.bytes);
    if (!quick) break;
    perform(quick);
    await turn(); // for signals, and who reads what is said
    spentMs = performance.now() - startMs;
  }
  return conductor.hasWork || (await conductor.refill());
}
