/** The way between two Stores, of which at least one is not on this machine: lanes that wait for answers. */
import type { Places } from '../location/location.ts';
import type { TransferRequest } from '../request.ts';
import { ReadyWorker } from '../work/ready-worker.ts';
import { findBatches } from './batches.ts';
import { openBetween, unmadeIfRefused } from './between.ts';
import { fromOf } from './destination.ts';
import { asking, isOneBatch, packsTrees } from './early.ts';
import { findFarAttributes } from './far-attributes.ts';
import { answerOf } from './far-tools.ts';
import { compares, moveOver, rightsOf } from './move-over.ts';
import { toMove } from './opening.ts';
import { refuseUntold } from './stores-setup.ts';
import { carriedBy, unkeptOf } from './unkept.ts';
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
  const open = asking(opens, { from, to, request, begins }, signal);
  const between = await openBetween(
    from,
    to,
    { ...toMove(request, { ...opens, open }), believes: true },
    signal,
  );
  const { source, dest } = between;
  started.use(between);
  const isOne = isOneBatch(from, between);
  if (between.isNew && !isOne && packsTrees(from, dest, request)) begins('pack'); // while the host says what it has
  const found = await unmadeIfRefused(between, () =>
    findBatches(between, { ...request, worker: () => worker }),
  );
  const hasBatches = found !== undefined && !dest.store.takeFrom;
  const carrying = hasBatches ? await carriedBy(between) : undefined;
  const far = await findFarAttributes(between, request, hasBatches);
  const rights = found && rightsOf(await answerOf(dest.store));
  const held = started.move();
  const { attributesOf } = source.store;
  const isTold = request.preserve.times && attributesOf !== undefined; // without times none of what goes alone are carried
  const isCounted = far.carries || (carrying?.attributes === true && isTold); // what is written and has some
  const isTaken = attributesOf !== undefined && dest.store.giveAttributes !== undefined;
  const areHeld = far.carries || isTaken || (isCounted && between.isNew);
  return {
    ends: between,
    isNew: between.isNew,
    unmake: between.unmake,
    isBlind: between.isBlind,
    from: fromOf(between),
    unkept: unkeptOf(request, between, carrying, { isCounted, areHeld }),
    carries: { xattrs: areHeld, acls: areHeld },
    comparesAttributes: compares(between, far),
    move: moveOver(between, request, { found, far, rights, carrying, isOne }, signal),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}
