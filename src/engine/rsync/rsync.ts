/**
 * The rsync engine: walks the source, and gives what it finds in Parts to several rsyncs side by side, each with its own
 * list of names. What is the same at the destination, and which bytes of a file that changed have to go, is for rsync to
 * say; what is done is told to the Journal as by every engine, after the destination was synced.
 *
 * Names that share one file are joined when all are known, in one rsync. Times of directories are put right by whoever
 * changes something in them. It keeps what rsync keeps, and goes from this machine to itself, to a host behind SSH and
 * from there. Nothing is deleted.
 */
import { asyncLanes } from '../../conduct/async-lanes.ts';
import { Conductor } from '../../conduct/conductor.ts';
import { Crew } from '../../conduct/crew.ts';
import type { Lanes, StartLanes } from '../../conduct/lanes.ts';
import type { Order } from '../../conduct/order.ts';
import type { Score } from '../../conduct/score.ts';
import { createBoard } from '../../conduct/signal-board.ts';
import { barrierOf } from '../../conduct/sync-barrier.ts';
import type { Control } from '../../control.ts';
import { isKind, TransferError } from '../../errors.ts';
import { excludedBy } from '../../profile/filter.ts';
import type { Event, Report } from '../../report/events.ts';
import type { Entry } from '../../store/entry.ts';
import { itself } from '../../store/path.ts';
import { abortedLater } from '../../work/abort.ts';
import { createRate } from '../../work/rate.ts';
import { Cases } from '../cases.ts';
import { hopeless } from './carry.ts';
import { type Crewed, Hand } from './hand.ts';
import { Leftovers } from './leftovers.ts';
import { Part } from './part.ts';
import { openHand } from './perform.ts';
import { Room } from './room.ts';
import { roomFar, roomHere } from './room-places.ts';
import { runPart } from './run-part.ts';
import { isFar, type RsyncSetup } from './setup.ts';
import { verdictOn } from './verdict.ts';

/** How many run at first: over a way that takes long each waits most of the time. */
const leastLanes = { here: 2, far: 10 } as const;
const lastBarrierMs = 5000;

/** A large file goes in one piece: rsync goes on inside it by itself. */
const noRanges = { rangeBytesOf: () => Number.MAX_SAFE_INTEGER, tellsBegun: false, apart: false };

/** Runs until all is done or it has to stop; what is left is in the Journal. Adds to `score`. */
export async function rsync(
  order: Order & { readonly setup: RsyncSetup },
  score: Score,
  report: Report,
  control: Control,
): Promise<void> {
  const { setup } = order;
  const crewed = await crewFor(setup);
  const { board } = crewed;
  const warn = ({ message, hint }: TransferError) => report({ type: 'warning', message, hint });
  if (setup.tools.isOpen) report(tooOld);
  const barrier = barrierOf(setup.dest.sync, abortedLater(board.signal, lastBarrierMs), warn);
  const conductor = new Conductor({ ...order, setup, board, barrier, report, ...noRanges }, score);
  const stop = () => board.stop();
  control.signal.addEventListener('abort', stop);
  if (control.signal.aborted) stop();
  try {
    if (!setup.dryRun && !board.stopped) prepare(crewed);
    const start: StartLanes = (told) => whole(asyncLanes(() => openHand(crewed), board, told));
    await new Crew({
      order: { ...order, ...lanesFor(order) },
      board,
      start,
      conductor,
      report,
      control,
    }).run();
    await conductor.pass();
    if (!board.stopped) await leave(crewed);
    score.isComplete = !board.stopped;
  } catch (error) {
    if (error === board.signal.reason) return;
    if (!(error instanceof TransferError) || isKind(error, ...hopeless)) throw error;
    warn(error);
  } finally {
    control.signal.removeEventListener('abort', stop);
  }
}

async function crewFor(setup: RsyncSetup): Promise<Crewed> {
  const { to, dest, bytesPerSecond: rate } = setup;
  const board = createBoard();
  const there = isFar(setup) ? undefined : await dest.stat(itself, board.signal);
  const place = to.kind === 'far' ? roomFar(to.shell) : roomHere(dest);
  return {
    setup,
    board,
    destFile: there?.kind === 'directory' ? there.file : undefined,
    room: new Room(place, to.kind === 'far' ? to.shell.root : to.dir, setup.room),
    leftovers: new Leftovers(place, setup),
    pace: isFar(setup) && rate !== undefined ? createRate(rate) : undefined,
    cases: dest.foldsCase ? new Cases(dest) : undefined,
    excluded: excludedBy(setup.rules),
  };
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

/** Takes the room away, which the destination's own time must not show. */
async function leave(crewed: Crewed): Promise<void> {
  const { setup, room, board } = crewed;
  if (setup.dryRun || !room.isThere) return;
  const [mtimeNs, root] = await Promise.all([
    room.clear(board.signal),
    setup.source.stat(itself, board.signal),
  ]);
  if (!setup.single && root && !isDressed(setup, root, mtimeNs)) {
    const { ended } = await runPart(new Hand(crewed), new Part({ root }), {
      isTrial: false,
      items: new Map(),
    });
    const error = verdictOn(ended);
    if (error) throw error;
    await setup.dest.sync?.(board.signal);
  }
}

const second = 1_000_000_000n;

/** Whether the destination has the source's own time, as finely as that is told. */
function isDressed({ keep, from }: RsyncSetup, { mtimeNs }: Entry, has: bigint | undefined): boolean {
  if (!keep.times) return true;
  if (mtimeNs === undefined || has === undefined) return false;
  return from.kind === 'far' ? mtimeNs / second === has / second : mtimeNs === has;
}
