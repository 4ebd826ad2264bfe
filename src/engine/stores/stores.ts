/**
 * The stores engine: walks, compares and copies between any two Stores, with several lanes in this thread that wait
 * for answers most of the time. What it promises of Parts, ranges and the Journal is the conductor's.
 *
 * It keeps what Stores can tell and take: bytes, modes, owners, times, symlinks, hard links where both sides know them,
 * and attributes where they, or programs at a far end, carry them.
 */

import { inOne, type RangesOf } from '../../conduct/bigs/ranges.ts';
import { barrierOf } from '../../conduct/checkpoint/sync-barrier.ts';
import { conduct } from '../../conduct/conduct.ts';
import { asyncLanes } from '../../conduct/lanes/async-lanes.ts';
import type { StartLanes } from '../../conduct/lanes/lanes.ts';
import type { SignalBoard } from '../../conduct/lanes/signal-board.ts';
import type { Order, Telling } from '../../conduct/order.ts';
import type { Parts } from '../../store/parts.ts';
import { crewFor } from './crew.ts';
import { areBrief } from './known/brief.ts';
import { recalling } from './known/recall.ts';
import { openLane } from './perform.ts';
import type { StoresSetup } from './setup.ts';

/**
 * Lanes to begin with: they wait for answers, not for a processor. A long way has room for more than the connections that
 * one range each fills, so that the next one begins while others end.
 */
const leastLanes = { near: 4, far: 18 } as const;
const farMs = 10;

/** A range that was sent there waits for its last answers: three for each session that they fill, so that none is without work. */
const lanesForLarge = 32;

/** Runs until all is done or it has to stop; what is left is in the Journal. Adds to `score`. */
export async function stores(
  order: Order & { readonly setup: StoresSetup },
  telling: Telling,
): Promise<void> {
  const setup = { ...order.setup, leftOf: leftIn(order) };
  const { dest } = setup;
  const { board, start: startLanes } = lanesOver(setup);
  const goesFar = (dest.roundTripMs ?? 0) >= farMs && order.lanes === 'auto';
  const start = goesFar ? withMoreForLarge(startLanes) : startLanes;
  const barrier = barrierOf(dest.sync, board, telling.report);
  const begin = async () => {
    if (setup.sweep && !setup.dryRun) await setup.batches?.sweep(telling.control.signal);
    const cores = Math.max(leastLanes[isFar(order.setup) ? 'far' : 'near'], order.cores);
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

/** Each range that goes straight from host to host starts some programs there. */
const straightBytes = 8 * 1024 * 1024;

/** As much goes at once as long as much is left. */
const manySteps = 8 * 1024 * 1024;

/** Where the destination takes none, a file is one. */
function rangesOf(setup: StoresSetup): RangesOf {
  const { dest, direct } = setup;
  const { parts } = dest;
  if (!parts) return () => inOne;
  const own = parts.rangeBytes ?? (() => setup.rangeBytes);
  const step = stepOf(setup);
  const least = direct ? straightBytes : 0;
  return (fileBytes) => {
    const rangeBytes = Math.max(own(fileBytes), least);
    if (!step) return { rangeBytes, mostBytes: 0 };
    return { rangeBytes: rangeBytes < fileBytes ? step(fileBytes) : rangeBytes, mostBytes: manySteps };
  };
}

/** How short ranges may become at the end of a file; undefined: all are as long. */
function stepOf({ source, dest: { parts }, direct }: StoresSetup): Parts['stepBytes'] {
  if (direct || !parts) return undefined;
  return parts.rangeBytes ? parts.stepBytes : source.stepBytes;
}

function isFar({ source, dest }: StoresSetup): boolean {
  return [source, dest].some((store) => 'roundTripMs' in store && (store.roundTripMs ?? farMs) >= farMs);
}

/** Once the first large file has begun. */
function withMoreForLarge(start: StartLanes): StartLanes {
  return (told) => {
    let isMore = false;
    const lanes = start({
      ...told,
      ended(job, outcome) {
        if (!isMore && outcome.big === 'begun') {
          isMore = true;
          lanes.resize(Math.max(lanes.count, lanesForLarge));
        }
        told.ended(job, outcome);
      },
    });
    return lanes;
  };
}

/** Lanes of one thread over two stores. */
export function lanesOver(setup: StoresSetup): { readonly board: SignalBoard; readonly start: StartLanes } {
  const crewed = crewFor(setup);
  const { board } = crewed;
  return { board, start: (told) => asyncLanes((number) => openLane(crewed, number), board, told) };
}
