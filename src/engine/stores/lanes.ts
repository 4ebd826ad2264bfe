/** Lanes of one thread over two Stores, and how many there are. */
import { asyncLanes } from '../../conduct/lanes/async-lanes.ts';
import type { StartLanes } from '../../conduct/lanes/lanes.ts';
import type { SignalBoard } from '../../conduct/lanes/signal-board.ts';
import type { Order } from '../../conduct/order.ts';
import { crewFor } from './crew.ts';
import { openLane } from './perform.ts';
import type { StoresSetup } from './setup.ts';

type Lanes = { readonly board: SignalBoard; readonly start: StartLanes };

/**
 * Lanes to begin with: they wait for answers, not for a processor. A long way has room for more than the connections that
 * one range each fills, so that the next one begins while others end.
 */
const leastLanes = { near: 4, far: 18 } as const;
const farMs = 10;

/** A range that was sent there waits for its last answers: three for each session that they fill, so that none is without work. */
const lanesForLarge = 32;

export function lanesOver(setup: StoresSetup): Lanes {
  const crewed = crewFor(setup);
  const { board } = crewed;
  return { board, start: (told) => asyncLanes((number) => openLane(crewed, number), board, told) };
}

/** The same to copy, and how many there are to begin with where nobody said it. */
export function lanesToCopy(
  setup: StoresSetup,
  { lanes, cores }: Pick<Order, 'lanes' | 'cores'>,
): Lanes & { readonly cores: number } {
  const { board, start } = lanesOver(setup);
  const goesFar = (setup.dest.roundTripMs ?? 0) >= farMs && lanes === 'auto';
  const least = leastLanes[isFar(setup) ? 'far' : 'near'];
  return { board, start: goesFar ? withMoreForLarge(start) : start, cores: Math.max(least, cores) };
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
