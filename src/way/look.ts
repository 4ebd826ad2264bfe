/** Lanes that only look, at one tree or at two: threads where all is on this machine, else lanes over Stores. */

import type { Board, StartLanes } from '../conduct/lanes/lanes.ts';
import { threads } from '../engine/parallel/threads.ts';
import { TransferError } from '../errors.ts';
import type { RouteEnd } from '../journal/key.ts';
import { formatLocation } from '../location/format.ts';
import type { Location, Places } from '../location/location.ts';
import type { Ends } from '../plan/route.ts';
import type { OpenStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import type { Looking } from './known.ts';
import { openEnds, openSource } from './local-ends.ts';
import { setupToLook } from './local-setup.ts';

export type Look = AsyncDisposable & {
  readonly ends: Ends & { readonly source: RouteEnd; readonly dest: RouteEnd };
  /** the one entry of the source that is looked at */
  readonly single: Uint8Array | undefined;
  readonly lanes: () => { readonly board: Board; readonly start: StartLanes };
};

export type SourceLook = Look & { readonly ends: { readonly source: { readonly store?: Store } } };

const nothing = async () => undefined;

export type BothLook = Look & {
  /** what could be compared and is not, in words */
  readonly untold: string | undefined;
};

/** To compare two trees. Throws 'usage' where one of them is not there. */
export async function lookAtBoth(
  { source, dest }: Places,
  looking: Looking,
  open: OpenStore,
  signal: AbortSignal,
): Promise<BothLook> {
  if (source.kind === 'local' && dest.kind === 'local') {
    const ends = await openEnds(source, dest, { make: false, keepsMode: true }, signal);
    if (ends.isNew) throw notThere(dest);
    const lanes = () => threads(setupToLook(ends, looking));
    const untold = undefined;
    return {
      ends: endsOf(ends.canonical),
      single: ends.single?.from,
      lanes,
      untold,
      [Symbol.asyncDispose]: nothing,
    };
  }
  const { lookBetween } = await import('./look-between.ts');
  return lookBetween({ source, dest }, looking, open, signal);
}

/** To count what a source holds, on its way to nowhere yet. */
export async function lookAtSource(
  source: Location,
  looking: Looking,
  open: OpenStore,
  signal: AbortSignal,
): Promise<SourceLook> {
  if (source.kind === 'local') {
    const ends = await openSource(source, signal);
    const lanes = () => threads(setupToLook(ends, looking));
    return { ends: endsOf(ends.canonical), single: ends.single?.from, lanes, [Symbol.asyncDispose]: nothing };
  }
  const { lookOver } = await import('./look-between.ts');
  return lookOver(source, looking, open, signal);
}

function endsOf({ source, dest }: { readonly source: Uint8Array; readonly dest: Uint8Array }): Look['ends'] {
  return {
    source: { kind: 'local', canonical: source },
    dest: { kind: 'local', canonical: dest },
    roundTripMs: 0,
  };
}

/** What to throw for a destination to compare with that is not there. */
export function notThere(dest: Location): TransferError {
  return new TransferError('usage', `there is no ${formatLocation(dest)}`);
}
