/** What is begun before it is known to be needed, because on a long way it takes longer than all else. */
import type { Location } from '../location/location.ts';
import { isLong } from '../plan/route.ts';
import type { TransferRequest } from '../request.ts';
import { isDeep, isLittle } from '../store/local/probe/glimpse.ts';
import type { OpenStore } from '../store/open.ts';
import type { RunFar } from '../work/far-process.ts';
import { askEarly } from './far-tools.ts';
import { foresee, makesTree } from './foresee.ts';
import { mayBatch } from './may-batch.ts';
import type { Opens, WayEnd } from './way.ts';

type Worker = 'pack' | 'unpack';

type Asking = {
  readonly from: Location;
  readonly to: Location;
  readonly request: TransferRequest;
  /** starts the thread of that name */
  readonly begins: (name: Worker) => void;
};

/** The thread that is going to be needed where there are new trees. */
function workerOf(from: Location, to: Location): Worker | undefined {
  if (from.kind === 'local') return 'pack';
  return to.kind === 'local' ? 'unpack' : undefined;
}

/** Whether there are directories that go to a new place in batches, as far as that is known. */
export function packsTrees(
  from: Location,
  { store }: WayEnd,
  { dryRun, strategy }: TransferRequest,
): boolean {
  return (
    !dryRun && mayBatch(strategy) && store?.shell !== undefined && from.kind === 'local' && isDeep(from.path)
  );
}

/** Whether new trees go with all else in one batch: on a long way others would wait for connections that are made for them. */
export function isOneBatch(from: Location, to: { readonly roundTripMs: number }): boolean {
  return isLong(to) && from.kind === 'local' && isLittle(from.path);
}

/** What its host has is asked for as soon as there is a connection. */
export function asking(
  { open, waits }: Opens,
  { from, to, request, begins }: Asking,
  signal: AbortSignal,
): OpenStore {
  return async (place, end) => {
    const makes = end === 'dest' && makesTree(from, request);
    const lists = makes && request.filesFrom === undefined && request.resume === undefined;
    const makesBare = request.preserve.acls;
    const warmsHither = end === 'source' && !request.dryRun && request.bytesPerSecond === undefined;
    const how = { ...foresee(from, place, request), makes, makesBare, lists, warmsHither, waits };
    const meets = (run: RunFar, roundTripMs = 0) => {
      askEarly(run, request.retries, signal);
      const work = isLong({ roundTripMs }) && how.movesMuch() !== 'no' ? workerOf(from, to) : undefined;
      if (work) begins(work); // while answers are waited for
    };
    return open(place, end, mayBatch(request.strategy) ? { ...how, meets } : how);
  };
}
