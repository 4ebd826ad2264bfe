/**
 * The rsync engine: walks the source, and gives what it finds in Parts to several rsyncs side by side, each with its own
 * list of names. What is the same at the destination, and which bytes of a file that changed have to go, is for rsync to
 * say; what is done is told to the Journal as by every engine, after the destination was synced.
 *
 * Names that share one file are joined when all are known, in one rsync. Times of directories are put right by whoever
 * changes something in them. It keeps what rsync keeps, and goes from this machine to itself, to a host behind SSH and
 * from there. Nothing is deleted.
 */

import { inOne } from '../../conduct/bigs/ranges.ts';
import { barrierOf } from '../../conduct/checkpoint/sync-barrier.ts';
import { conduct } from '../../conduct/conduct.ts';
import { asyncLanes } from '../../conduct/lanes/async-lanes.ts';
import type { Lanes, StartLanes } from '../../conduct/lanes/lanes.ts';
import type { Order, Telling } from '../../conduct/order.ts';
import { isKind, TransferError } from '../../errors.ts';
import type { Event } from '../../report/events.ts';
import { type Crewed, crewFor } from './crew.ts';
import { leave } from './leave.ts';
import { openHand } from './perform.ts';
import { isFar, type RsyncSetup } from './setup.ts';
import { hopeless } from './tries.ts';

/** How many run at first: over a way that takes long each waits most of the time. */
const leastLanes = { here: 2, far: 10 } as const;

/** A large file goes in one piece: rsync goes on inside it by itself. */
const noRanges = { rangesOf: () => inOne, tellsBegun: false, apart: false };

/** Runs until all is done or it has to stop; what is left is in the Journal. Adds to `score`. */
export async function rsync(order: Order & { readonly setup: RsyncSetup }, telling: Telling): Promise<void> {
  const { setup } = order;
  const { report } = telling;
  const warn = ({ message, hint }: TransferError) => report({ type: 'warning', message, hint });
  const crewed = await crewFor(setup);
  const { board } = crewed;
  if (setup.tools.isOpen) report(tooOld);
  const barrier = barrierOf(setup.dest.sync, board, report);
  const start: StartLanes = (told) => whole(asyncLanes(() => openHand(crewed), board, told));
  const begin = async () => {
    if (!setup.dryRun && !board.stopped) prepare(crewed);
    return { start, ...lanesFor(order) };
  };
  const end = async () => {
    if (!board.stopped) await leave(crewed);
  };
  try {
    await conduct({ ...order, setup, board, barrier, ...noRanges, begin, end }, telling);
  } catch (error) {
    if (error === board.signal.reason) return;
    if (!(error instanceof TransferError) || isKind(error, ...hopeless)) throw error;
    warn(error);
  }
}

const tooOld: Event = {
  type: 'warning',
  message:
    'rsync older than 3.4.0 is used: a hostile peer could run code with it, where nobody has mended it',
  hint: 'see difpipe doctor, here and there',
};

/** As if only one had nothing to do: what is cut into pieces for many costs each of them an rsync. */
function whole(lanes: Lanes): Lanes {
  return Object.defineProperty(lanes, 'idle', { get: () => (lanes.busy < lanes.count ? 1 : 0) });
}

/** Between two places of this machine rsync itself keeps to a rate, which several could not share. */
function lanesFor({
  lanes,
  cores,
  setup,
}: Order & { readonly setup: RsyncSetup }): Pick<Order, 'lanes' | 'cores'> {
  const far = isFar(setup);
  if (!far && setup.bytesPerSecond !== undefined) return { lanes: 1, cores };
  return { lanes, cores: Math.max(cores, leastLanes[far ? 'far' : 'here']) };
}

/** Where nothing was, much is to be written; else what is left there is looked for, while the source is. */
function prepare({ setup, room, board }: Crewed): void {
  const begun = setup.rootIsNew ? room.make(board.signal) : room.sweep(board.signal);
  begun.catch(() => undefined); // who needs it tries again, and is told
}
