/** The way between two Stores, of which at least one is not on this machine: lanes that wait for answers. */
import type { StoresSetup } from '../engine/stores/setup.ts';
import { stores } from '../engine/stores/stores.ts';
import type { FarPlace } from '../engine/tar/far-place.ts';
import type { Places } from '../location/location.ts';
import { largeBytes } from '../plan/route.ts';
import type { TransferRequest } from '../request.ts';
import { ReadyWorker } from '../work/ready-worker.ts';
import { type CreateBatches, findBatches } from './batches.ts';
import { type Between, openBetween, roundTripOf } from './between.ts';
import { deltaBetween } from './delta.ts';
import { byClockOf, destinationOf } from './destination.ts';
import { directBetween } from './direct.ts';
import { asking, packsTrees } from './early.ts';
import { type FoundAttributes, findFarAttributes } from './far-attributes.ts';
import { answerOf } from './far-tools.ts';
import { refuseUntold, setupBetween } from './stores-setup.ts';
import { type Carrying, carriedBy, unkeptOf } from './unkept.ts';
import { patience } from './waits.ts';
import type { Opens, Way } from './way.ts';

/** Throws 'unsupported' for what was asked for and cannot be done between them. */
export async function openOver(
  { source: from, dest: to }: Places,
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
      believes: true,
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
  return {
    ends,
    isNew: between.isNew,
    isBlind: between.isBlind,
    from: { single: source.name, ...destinationOf(dest) },
    unkept: unkeptOf(request, between, carrying, { isCounted, areHeld }),
    carries: { xattrs: areHeld, acls: areHeld },
    comparesAttributes: compares(between, far),
    move: moveOver(between, request, { found, far, rights, carrying }, signal),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

type Found = {
  /** undefined: each entry goes alone */
  readonly found: CreateBatches | undefined;
  readonly far: FoundAttributes;
  readonly rights: ReturnType<typeof rightsOf>;
  /** undefined: nothing goes in batches, or who takes them reads this disk himself */
  readonly carrying: Carrying | undefined;
};

/** Attributes of what looks the same at both ends. */
function compares({ isNew }: Between, { carries }: FoundAttributes): boolean {
  return carries && !isNew;
}

function moveOver(between: Between, request: TransferRequest, ways: Found, signal: AbortSignal): Way['move'] {
  const { source, dest } = between;
  const { found, far } = ways;
  return async (known, order, telling) => {
    const { score, report, control } = telling;
    const setup = setupOver(between, setupBetween(between, request, known), ways);
    const again = 'what it was at is tried again';
    const warn = (message: string) => report({ type: 'warning', message, hint: again });
    await using made = found?.(setup, warn);
    const { batches: together, carryTrees } = made ?? {};
    const delta = request.strategy === 'auto' ? deltaBetween(between, request, known, signal) : undefined;
    await using directs =
      request.direct && !request.dryRun ? directBetween(between, report, signal) : undefined;
    const whole = {
      ...setup,
      batches: together,
      carryTrees: setup.dest.foldsCase ? undefined : carryTrees,
      delta,
      direct: directs?.direct,
      farAttributes: far.create(setup),
      comparedSince: compares(between, far) ? byClockOf(source.store, known.comparedSince) : 0n,
    };
    await stores({ ...order, setup: whole }, telling);
    if (score.isComplete && !request.dryRun) await dest.store.seal?.(control.signal);
    score.compression = made?.compression() ?? [];
    score.direct = directs?.used();
  };
}

function setupOver(between: Between, asked: StoresSetup, { rights, carrying }: Found): StoresSetup {
  const keep = carrying?.isLostThere ? { ...asked.keep, xattrs: false, acls: false } : asked.keep;
  const setup = { ...asked, ...rights, keep };
  const goesPacked = carrying && (between.source.store.shell ?? between.dest.store.shell);
  return goesPacked ? { ...setup, inlineBytes: largeBytes({ roundTripMs: roundTripOf(between) }) } : setup;
}

/** To whom a user of a host may give files there; nothing where that is not known. */
function rightsOf(place: FarPlace | undefined) {
  return place && { givesAway: place.tools.uid === 0, groups: place.tools.groups };
}
