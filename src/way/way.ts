/** A way from one place to another: what a run has to know of its ends, and the engine that goes it. */

import type { Order } from '../conduct/order.ts';
import type { Score } from '../conduct/score.ts';
import type { Control } from '../control.ts';
import { parallel } from '../engine/parallel/parallel.ts';
import { stores } from '../engine/stores/stores.ts';
import type { FarPlace } from '../engine/tar/far-place.ts';
import type { RouteEnd } from '../journal/key.ts';
import type { LocalPlace, Location } from '../location/location.ts';
import { type Ends, isLong, largeBytes } from '../plan/route.ts';
import type { Report } from '../report/events.ts';
import type { TransferRequest } from '../request.ts';
import type { AttributeKinds } from '../store/entry.ts';
import { isDeep } from '../store/local/glimpse.ts';
import type { OpenStore } from '../store/open.ts';
import type { RetryHow } from '../store/retrying.ts';
import type { Store } from '../store/store.ts';
import type { RunFar } from '../work/far-process.ts';
import { ReadyWorker } from '../work/ready-worker.ts';
import { answerOf, askEarly, findBatches, mayBatch, mustNotCompress } from './batches.ts';
import { openBetween, roundTripOf } from './between.ts';
import { deltaBetween } from './delta.ts';
import { byClockOf, destinationOf, type From, placeOf } from './destination.ts';
import { directBetween } from './direct.ts';
import { findFarAttributes } from './far-attributes.ts';
import { makesTree, movesMuch } from './foresee.ts';
import { openEnds } from './local-ends.ts';
import { type Known, setupToCopy } from './local-setup.ts';
import { openRsync } from './rsync.ts';
import { refuseUntold, setupBetween } from './stores-setup.ts';
import { carriedBy, unkeptOf } from './unkept.ts';
import { patience } from './waits.ts';

export type Way = AsyncDisposable & {
  readonly ends: Ends & { readonly source: WayEnd; readonly dest: WayEnd };
  /** nothing was at the destination */
  readonly isNew: boolean;
  readonly from: From;
  /** what may be at the source and is not carried; undefined: nothing of what was asked for */
  readonly unkept: string | undefined;
  /** which kinds of attributes are carried with everything */
  readonly carries: AttributeKinds;
  /** attributes of what looks the same are compared as far as `comparedSince` says */
  readonly comparesAttributes: boolean;
  /** Runs until all is done or it has to stop; what is left is in the Journal. */
  readonly move: (
    known: Known,
    order: Order,
    score: Score,
    report: Report,
    control: Control,
  ) => Promise<void>;
};

/** Without a Store where threads go over this machine's disk. */
type WayEnd = RouteEnd & { readonly store?: Store };

/** How places are opened, and who is told when one is waited for. */
export type Opens = { readonly open: OpenStore; readonly waits: RetryHow['waits'] };

/** Looks at both ends and refuses what is not safe: threads between two local places, else lanes over two Stores. */
export function openWay(
  source: Location,
  dest: Location,
  request: TransferRequest,
  opens: Opens,
  signal: AbortSignal,
): Promise<Way> {
  if (request.strategy === 'rsync') return openRsync(source, dest, request, opens, signal);
  return source.kind === 'local' && dest.kind === 'local'
    ? openLocal(source, dest, request, signal)
    : openOver(source, dest, request, opens, signal);
}

async function openLocal(
  source: LocalPlace,
  dest: LocalPlace,
  request: TransferRequest,
  signal: AbortSignal,
): Promise<Way> {
  mustNotCompress(request.compress);
  const ends = await openEnds(
    source,
    dest,
    { make: !request.dryRun, keepsMode: request.preserve.mode },
    signal,
  );
  const end = (canonical: Uint8Array): RouteEnd => ({ kind: 'local', canonical });
  return {
    ends: { source: end(ends.canonical.source), dest: end(ends.canonical.dest), roundTripMs: 0 },
    isNew: ends.isNew,
    from: { single: ends.single?.from, place: placeOf(ends.dest), bootId: undefined, clock: Date.now },
    unkept: undefined,
    carries: { xattrs: true, acls: true },
    comparesAttributes: false,
    move: (known, order, ...rest) =>
      parallel({ ...order, setup: setupToCopy(ends, request, known) }, ...rest),
    [Symbol.asyncDispose]: async () => undefined,
  };
}

async function openOver(
  from: Location,
  to: Location,
  request: TransferRequest,
  opens: Opens,
  signal: AbortSignal,
): Promise<Way> {
  refuseUntold(request);
  await using started = new AsyncDisposableStack();
  let worker: ReadyWorker | undefined;
  const begins = (name: 'pack' | 'unpack') => {
    worker ??= started.use(new ReadyWorker(name));
  };
  const between = await openBetween(
    from,
    to,
    {
      open: asking(opens, { from, to, request, begins }, signal),
      patience: patience(request.retries, opens.waits),
      make: !request.dryRun,
      keepsMode: request.preserve.mode,
    },
    signal,
  );
  const { source, dest } = between;
  started.use(between);
  if (between.isNew && packsTrees(from, dest, request)) begins('pack'); // while the host says what it has
  const found = await findBatches(between, { ...request, worker: () => worker });
  const hasBatches = found !== undefined && !dest.store.takeFrom;
  const carrying = hasBatches ? await carriedBy(between) : undefined;
  const far = await findFarAttributes(between, request, hasBatches);
  const rights = found && rightsOf(await answerOf(dest.store));
  const held = started.move();
  const ends = { source, dest, roundTripMs: roundTripOf(between) };
  const { attributesOf } = source.store;
  const isCounted = far.carries || (carrying?.attributes === true && attributesOf !== undefined); // what is written and has some
  const isTaken = attributesOf !== undefined && dest.store.giveAttributes !== undefined;
  const areHeld = far.carries || isTaken || (isCounted && between.isNew);
  const comparesAttributes = far.carries && !between.isNew;
  const isPacked = hasBatches && (source.store.shell ?? dest.store.shell) !== undefined;
  return {
    ends,
    isNew: between.isNew,
    from: { single: source.name, ...destinationOf(dest) },
    unkept: unkeptOf(request, between, carrying, { isCounted, areHeld }),
    carries: { xattrs: areHeld, acls: areHeld },
    comparesAttributes,
    move: async (known, order, score, report, control) => {
      const asked = setupBetween(between, request, known);
      const keep = carrying?.isLostThere ? { ...asked.keep, xattrs: false, acls: false } : asked.keep;
      const alike = { ...asked, ...rights, keep };
      const setup = isPacked ? { ...alike, inlineBytes: largeBytes(ends) } : alike;
      const again = 'what it was at is tried again';
      const warn = (message: string) => report({ type: 'warning', message, hint: again });
      await using made = found?.(setup, warn);
      const { batches: together, carryTrees } = made ?? {};
      const delta = request.strategy === 'auto' ? deltaBetween(between, request, known, signal) : undefined;
      await using directs =
        request.direct && !request.dryRun ? directBetween(between, report, signal) : undefined;
      const ways = {
        batches: together,
        carryTrees: setup.dest.foldsCase ? undefined : carryTrees,
        delta,
        direct: directs?.direct,
      };
      const comparedSince = comparesAttributes ? byClockOf(source.store, known.comparedSince) : 0n;
      const whole = { ...setup, ...ways, farAttributes: far.create(setup), comparedSince };
      await stores({ ...order, setup: whole }, score, report, control);
      if (score.isComplete && !request.dryRun) await dest.store.seal?.(control.signal);
      score.compression = made?.compression() ?? [];
      score.direct = directs?.used();
    },
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** To whom a user of a host may give files there; nothing where that is not known. */
function rightsOf(place: FarPlace | undefined) {
  return place && { givesAway: place.tools.uid === 0, groups: place.tools.groups };
}

type Asking = {
  readonly from: Location;
  readonly to: Location;
  readonly request: TransferRequest;
  /** starts the thread of that name */
  readonly begins: (name: 'pack' | 'unpack') => void;
};

/** The thread that is going to be needed where there are new trees. */
function workerOf(from: Location, to: Location): 'pack' | 'unpack' | undefined {
  if (from.kind === 'local') return 'pack';
  return to.kind === 'local' ? 'unpack' : undefined;
}

/** Whether there are directories that go to a new place in batches, as far as that is known. */
function packsTrees(from: Location, { store }: WayEnd, { dryRun, strategy }: TransferRequest): boolean {
  return (
    !dryRun && mayBatch(strategy) && store?.shell !== undefined && from.kind === 'local' && isDeep(from.path)
  );
}

/** What its host has is asked for as soon as there is a connection: on a long way that takes longer than all else. */
function asking(
  { open, waits }: Opens,
  { from, to, request, begins }: Asking,
  signal: AbortSignal,
): OpenStore {
  return async (place, end) => {
    const makes = end === 'dest' && makesTree(from, request);
    const lists = makes && request.filesFrom === undefined && request.resume === undefined;
    const how = { movesMuch: movesMuch(from, place, request), makes, lists, waits };
    const meets = (run: RunFar, roundTripMs = 0) => {
      askEarly(run, request.retries, signal);
      const work = isLong({ roundTripMs }) && how.movesMuch() !== 'no' ? workerOf(from, to) : undefined;
      if (work) begins(work); // while answers are waited for
    };
    return open(place, end, mayBatch(request.strategy) ? { ...how, meets } : how);
  };
}
