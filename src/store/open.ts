import { TransferError } from '../errors.ts';
import { formatLocation } from '../location/format.ts';
import type { Location } from '../location/location.ts';
import type { MovesMuch } from '../ssh/many.ts';
import type { RunFar } from '../work/far-process.ts';
import type { Patient } from '../work/retry.ts';
import { openLocalStore } from './local/local-store.ts';
import type { Store } from './store.ts';

/** Opens a place, whether something is there or not. Throws 'unsupported' where this build has no store for it. */
export type OpenStore = (place: Location, end: EndName, how?: OpenHow) => Promise<Store>;

export type OpenHow = {
  /** more than one connection is made from the beginning: where it may move much, on a long way */
  readonly movesMuch: MovesMuch;
  /** a directory is going to be made there, unless something is there: a host is asked for it at once */
  readonly makes?: boolean;
  /** that gets no ACL but the source's */
  readonly makesBare?: boolean;
  /** how many bytes that mean nothing may go there on each connection, so that it is fast when much goes there; absent: none */
  readonly warmBytes?: () => number;
  /** large files are read there, as fast as may be: a host is made to send fast before */
  readonly warmsHither?: boolean;
  /** all of it is going to be listed, if it is there: a host begins at once */
  readonly lists?: boolean;
  /** told how programs are run there, where there may be a shell, as soon as there is a connection */
  readonly meets?: (run: RunFar, roundTripMs: number | undefined) => void;
  /** told what is waited for while a host that was there is away */
  readonly waits?: Patient['waits'];
};

/** Which end of a route a place is: what lets us in may be another for each. */
export type EndName = 'source' | 'dest';

/** Opens what is on this machine. */
export async function openStore(place: Location): Promise<Store> {
  if (place.kind === 'local') return openLocalStore(place);
  throw unsupported(place);
}

/** What to throw for a place that nobody here knows. */
export function unsupported(place: Location): TransferError {
  return new TransferError('unsupported', `${formatLocation(place)} is not a place that this build reaches`);
}
