/**
 * The stores engine: walks, compares and copies between any two Stores, with several lanes in this thread that wait
 * for answers most of the time. What it promises of Parts, ranges and the Journal is the conductor's.
 *
 * It keeps what Stores can tell and take: bytes, modes, owners, times, symlinks, hard links where both sides know them,
 * and attributes where they, or programs at a far end, carry them.
 */

import { barrierOf } from '../../conduct/checkpoint/sync-barrier.ts';
import { conduct } from '../../conduct/conduct.ts';
import type { Order, Telling } from '../../conduct/order.ts';
import { areBrief } from './known/brief.ts';
import { recalling } from './known/recall.ts';
import { lanesToCopy } from './lanes.ts';
import { rangesOf } from './ranges.ts';
import type { StoresSetup } from './setup.ts';

/** Runs until all is done or it has to stop; what is left is in the Journal. Adds to `score`. */
export async function stores(
  order: Order & { readonly setup: StoresSetup },
  telling: Telling,
): Promise<void> {
  const setup = { ...order.setup, leftOf: leftIn(order) };
  const { dest } = setup;
  const { board, start, cores } = lanesToCopy(setup, order);
  const barrier = barrierOf(dest.sync, board, telling.report);
  const begin = async () => {
    if (setup.sweep && !setup.dryRun) await setup.batches?.sweep(telling.control.signal);
    return { start, lanes: order.lanes, cores };
  };
  const bigs = {
    rangesOf: rangesOf(setup),
    tellsBegun: dest.parts?.held !== undefined,
    apart: false, // ranges of one file go over several connections
  };
  await conduct({ ...order, setup, ...bigs, board, barrier, begin }, telling);
}

/** Worth knowing where listings do not tell all, and of a source that may tell no times. */
function leftIn({ journal, setup }: Order & { readonly setup: StoresSetup }): StoresSetup['leftOf'] {
  const isWorth = areBrief(setup) || setup.source.lacksTimes;
  return isWorth ? recalling((dir) => journal.leftOf(dir)) : undefined;
}
