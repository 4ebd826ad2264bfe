/** A way from one place to another: what a run has to know of its ends, and the engine that goes it. */
import type { Order, Telling } from '../conduct/order.ts';
import type { RouteEnd } from '../journal/key.ts';
import type { Places } from '../location/location.ts';
import type { Ends } from '../plan/route.ts';
import type { TransferRequest } from '../request.ts';
import type { AttributeKinds } from '../store/entry.ts';
import type { OpenStore } from '../store/open.ts';
import type { RetryHow } from '../store/retrying.ts';
import type { Store } from '../store/store.ts';
import type { From } from './destination.ts';
import type { Known } from './known.ts';
import { openLocal } from './local.ts';

export type Way = AsyncDisposable & {
  readonly ends: Ends & { readonly source: WayEnd; readonly dest: WayEnd };
  /** nothing was at the destination */
  readonly isNew: boolean;
  /** Takes the destination directory away again, if it was made for this and nothing is in it. */
  readonly unmake: () => Promise<void>;
  /** nothing there could be compared: its address lets nobody look. Absent: it could */
  readonly isBlind?: boolean;
  readonly from: From;
  /** what may be at the source and is not carried; undefined: nothing of what was asked for */
  readonly unkept: string | undefined;
  /** which kinds of attributes are carried with everything */
  readonly carries: AttributeKinds;
  /** attributes of what looks the same are compared as far as `comparedSince` says */
  readonly comparesAttributes: boolean;
  /** Runs until all is done or it has to stop; what is left is in the Journal. */
  readonly move: (known: Known, order: Order, telling: Telling) => Promise<void>;
};

/** Without a Store where threads go over this machine's disk. */
export type WayEnd = RouteEnd & { readonly store?: Store };

/** How places are opened, and who is told when one is waited for. */
export type Opens = { readonly open: OpenStore; readonly waits: RetryHow['waits'] };

/** Looks at both ends and refuses what is not safe: threads between two local places, else lanes over two Stores. */
export async function openWay(
  places: Places,
  request: TransferRequest,
  opens: Opens,
  signal: AbortSignal,
): Promise<Way> {
  if (request.strategy === 'rsync') {
    const { openRsync } = await import('./rsync.ts');
    return openRsync(places, request, opens, signal);
  }
  const { source, dest } = places;
  if (source.kind === 'local' && dest.kind === 'local') return openLocal(source, dest, request, signal);
  const { openOver } = await import('./stores.ts');
  return openOver(places, request, opens, signal);
}
