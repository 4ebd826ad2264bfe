/**
 * The stores engine: walks, compares and copies between any two Stores, with several lanes in this thread that wait
 * for answers most of the time. What it promises of Parts, ranges and the Journal is the conductor's.
 *
 * It keeps what Stores can tell and take: bytes, modes, owners, times, symlinks, hard links where both sides know them,
 * and attributes where they, or programs at a far end, carry them.
 */

import { asyncLanes } from '../../conduct/async-lanes.ts';
import { Conductor } from '../../conduct/conductor.ts';
import { Crew } from '../../conduct/crew.ts';
import type { StartLanes } from '../../conduct/lanes.ts';
import type { Order } from '../../conduct/order.ts';
import type { Score } from '../../conduct/score.ts';
import { createBoard, type SignalBoard } from '../../conduct/signal-board.ts';
import { barrierOf } from '../../conduct/sync-barrier.ts';
import type { Control } from '../../control.ts';
import type { Report } from '../../report/events.ts';
import { abortedLater } from '../../work/abort.ts';
import { Cases } from '../cases.ts';
import { dressLike } from './directory/chain.ts';
import { SharedDirectories } from './directory/shared-directories.ts';
import { Unmade } from './directory/unmade.ts';
import { recalling } from './known/recall.ts';
import { openLane } from './perform.ts';
import type { StoresSetup } from './setup.ts';
import { Handed } from './walk/handed-over.ts';

/**
 * Lanes to begin with: they wait for answers, not for a processor. A long way has room for more than the connections that
 * one range each fills, so that the next one begins while others end.
 */
const leastLanes = { near: 4, far: 18 } as const;
const farMs = 10;

/** A run that stops still tells what is durable, if the destination answers in this time. */
const lastBarrierMs = 5000;

/** Runs until all is done or it has to stop; what is left is in the Journal. Adds to `score`. */
export async function stores(
  order: Order & { readonly setup: StoresSetup },
  score: Score,
  report: Report,
  control: Control,
): Promise<void> {
  const setup = { ...order.setup, leftOf: leftIn(order) };
  const { board, start } = lanesOver(setup);
  const { dest } = setup;
  const bigs = {
    rangeBytesOf: rangesOf(setup),
    tellsBegun: dest.parts?.held !== undefined,
    apart: false, // ranges of one file go over several connections
  };
  const patient = abortedLater(board.signal, lastBarrierMs);
  const barrier = barrierOf(dest.sync, patient, ({ message, hint }) =>
    report({ type: 'warning', message, hint }),
  );
  const conductor = new Conductor({ ...order, setup, ...bigs, board, barrier, report }, score);
  const stop = () => board.stop();
  control.signal.addEventListener('abort', stop);
  if (control.signal.aborted) stop();
  try {
    if (setup.sweep && !setup.dryRun) await setup.batches?.sweep(control.signal);
    const cores = Math.max(leastLanes[isFar(order.setup) ? 'far' : 'near'], order.cores);
    await new Crew({ order: { ...order, cores }, board, start, conductor, report, control }).run();
    await conductor.pass();
    score.isComplete = !board.stopped;
  } finally {
    control.signal.removeEventListener('abort', stop);
  }
}

/** Worth knowing where listings do not tell all. */
function leftIn({ journal, setup }: Order & { readonly setup: StoresSetup }): StoresSetup['leftOf'] {
  return setup.source.take || setup.dest.take ? recalling((dir) => journal.leftOf(dir)) : undefined;
}

/** Each range that goes straight from host to host starts some programs there. */
const straightBytes = 8 * 1024 * 1024;

/** How long the ranges of a large file are; where the destination takes none, it is one. */
function rangesOf({ dest: { parts }, rangeBytes, direct }: StoresSetup): (fileBytes: number) => number {
  if (!parts) return () => Number.MAX_SAFE_INTEGER;
  const own = parts.rangeBytes ?? (() => rangeBytes);
  return direct ? (fileBytes) => Math.max(own(fileBytes), straightBytes) : own;
}

function isFar({ source, dest }: StoresSetup): boolean {
  return [source, dest].some((store) => 'roundTripMs' in store && (store.roundTripMs ?? farMs) >= farMs);
}

/** Lanes of one thread over two stores. */
export function lanesOver(setup: StoresSetup): { readonly board: SignalBoard; readonly start: StartLanes } {
  const board: SignalBoard = createBoard();
  const rights = { givesAway: setup.givesAway ?? true };
  const cases = setup.dest.foldsCase ? new Cases(setup.dest) : undefined;
  const directories = new SharedDirectories((dir) => dressLike(setup, dir, board.signal));
  const crewed = { setup, board, rights, handed: new Handed(), cases, directories, unmade: new Unmade() };
  return { board, start: (told) => asyncLanes((number) => openLane(crewed, number), board, told) };
}
