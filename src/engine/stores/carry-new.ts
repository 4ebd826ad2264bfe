/** What is new at the destination with all that is in it, and goes there at once by who carries trees. */
import type { Job, Outcome } from '../../conduct/jobs.ts';
import { isUntouched } from '../../conduct/setup.ts';
import type { Bundle } from '../../profile/bundle.ts';
import type { Lane } from './lane.ts';
import type { StoresSetup } from './setup.ts';
import { isRoot } from './walk/bundles.ts';

export type WalkJob = Extract<Job, { kind: 'walk' }>;

/** The source's own directory, on this machine: who looks at it can give what is in it to all lanes. */
export function isNewRoot(setup: StoresSetup, { bundle, inline, alone }: WalkJob): boolean {
  return !isFar(setup) && isRoot(bundle) && isUntouched(setup) && carries(setup, inline || alone);
}

/** Only what is new with all that is in it, and is to be copied as it is. */
export function mayCarry(setup: StoresSetup, { bundle, inline, alone }: WalkJob): boolean {
  const isRootElsewhere = isFar(setup) && isRoot(bundle) && isUntouched(setup); // listed and carried in one go
  return carries(setup, inline || alone) && (isNewTrees(bundle) || isSliceOfNew(bundle) || isRootElsewhere);
}

/** Undefined where all of it has to be looked at after all. */
export async function carry(lane: Lane, { bundle, id }: WalkJob): Promise<Outcome | undefined> {
  const { board, setup } = lane;
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

/** To look at names of it one by one takes long. */
function isFar({ source }: StoresSetup): boolean {
  return 'roundTripMs' in source;
}

function carries({ carryTrees, dryRun, single }: StoresSetup, isAlone: boolean): boolean {
  return carryTrees !== undefined && !(isAlone || dryRun || single);
}

function isNewTrees({ what, fresh }: Bundle): boolean {
  return what === 'trees' && fresh !== undefined && fresh.length > 0 && fresh.every((byte) => byte === 1);
}

function isSliceOfNew({ what, fresh, slice }: Bundle): boolean {
  return what === 'entries' && fresh !== undefined && slice > 0;
}
