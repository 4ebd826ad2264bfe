/** How a lane walks: how much of a bundle it does itself, and when it gives some to others. */
import { isUntouched } from '../../../conduct/setup.ts';
import type { Bundle } from '../../../profile/bundle.ts';
import type { Profile } from '../../../profile/profile.ts';
import type { Lane } from '../lane.ts';
import { isRoot } from './bundles.ts';
import type { Visitor } from './visitor.ts';
import { Walk } from './walk.ts';
import type { Walking } from './walking.ts';

const shareAfter = 128; // entries: less is done sooner than given away
const shareBatchAfter = 500;
const restOfBatch = 500;
const atOnceForOne = 8; // entries that each lane may have under way, if it goes by who has nothing to do

export type WalkHow = {
  /** counts what is met */
  readonly profile: Profile;
  readonly descendInto: boolean;
  readonly tellsLinks?: boolean;
};

/** Shows the visitor what is in a bundle; what is left when the budget is spent is told as the rest of the job. */
export async function walk<Here>(
  lane: Lane,
  bundle: Bundle,
  visitor: Visitor<Here>,
  how: WalkHow,
): Promise<void> {
  const walking = walkingOf(lane, how);
  const isForOthers = walking.leavesFresh && isUntouched(lane.setup); // who list what they carry
  if (isRoot(bundle) && !isForOthers) listAhead(lane);
  const rest = await new Walk(walking, visitor).run(bundle);
  lane.ledger.out.rest.push(...rest);
  await lane.together?.flush(isLast(lane));
}

/** Whether nobody else has anything to do, and nothing that is known follows or waits to be synced. */
function isLast({ board, ledger: { out } }: Lane): boolean {
  return board.busy === 1 && board.idle > 0 && out.rest.length + out.bigs.length + out.devices.length === 0;
}

function walkingOf(lane: Lane, how: WalkHow): Walking {
  const { board, excluded, setup, together } = lane;
  const { batches, budget, carryTrees, keep, source } = setup;
  const most = () => (together ? lane.batchPace.entries : budget.entries);
  const bytes = together ? lane.budgetBytes : budget.bytes;
  const leastShared = together ? (batches?.budget?.entries ?? shareBatchAfter) : shareAfter;
  const hungry = () => board.idle > 0 && lane.worked >= leastShared;
  const spent = () => lane.spentEntries >= most() || lane.spentBytes >= bytes || hungry();
  const overspent = together ? createOverspent(lane, spent, 2 * bytes) : spent;
  return {
    leavesFresh: carryTrees !== undefined && together !== undefined,
    tellsLinks: keep.hardlinks,
    ...how,
    source,
    excluded,
    signal: board.signal,
    hungry,
    atOnce: () => (together ? 0 : atOnceForOne * (1 + board.idle)),
    spent,
    overspent,
    async share(given) {
      await together?.flush(); // its directory has to be there
      board.idle = Math.max(0, board.idle - 1);
      lane.share(given);
    },
  };
}

/** Once enough was done for one batch, so much more of it is not left to others, who would need a batch for each directory. */
function createOverspent(lane: Lane, spent: () => boolean, mostBytes: number): () => boolean {
  let enough: number | undefined;
  return () => {
    enough = spent() ? (enough ?? lane.spentEntries) : undefined; // who had nothing to do may have got something
    if (enough === undefined) return false;
    return lane.spentEntries >= enough + restOfBatch || lane.spentBytes >= mostBytes;
  };
}

/** Both trees are going to be listed; a rival of what seems to be missing at the destination is met when it is made. */
function listAhead({ board, setup }: Lane): void {
  const { source, dest, dryRun, suspectSince } = setup;
  const anew = suspectSince > 0n; // this run, perhaps, wrote there before
  source.listAhead?.({ surely: true, anew }, board.signal);
  if (!isUntouched(setup)) dest.listAhead?.({ surely: dryRun, anew }, board.signal);
}
