/** Lanes that only look, at one tree or at two: threads where all is on this machine, else lanes over Stores. */

import type { Board, StartLanes } from '../conduct/lanes.ts';
import { threads } from '../engine/parallel/threads.ts';
import { lanesOver } from '../engine/stores/stores.ts';
import { TransferError } from '../errors.ts';
import type { RouteEnd } from '../journal/key.ts';
import { formatLocation } from '../location/format.ts';
import type { Location } from '../location/location.ts';
import type { Ends } from '../plan/route.ts';
import { inWords } from '../report/in-words.ts';
import type { Preserve } from '../request.ts';
import type { FarAttributes } from '../store/attributes.ts';
import type { OpenStore } from '../store/open.ts';
import type { Store } from '../store/store.ts';
import { type Between, openBetween, openFrom, roundTripOf } from './between.ts';
import { tellFarAttributes } from './far-attributes.ts';
import { openEnds, openSource } from './local-ends.ts';
import { type Looking, setupToLook } from './local-setup.ts';
import { refuseUntold, setupToLookBetween } from './stores-setup.ts';
import { patience } from './waits.ts';

export type Look = AsyncDisposable & {
  readonly ends: Ends & { readonly source: RouteEnd; readonly dest: RouteEnd };
  /** the one entry of the source that is looked at */
  readonly single: Uint8Array | undefined;
  readonly lanes: () => { readonly board: Board; readonly start: StartLanes };
};

type SourceLook = Look & { readonly ends: { readonly source: { readonly store?: Store } } };

type Places = { readonly source: Location; readonly dest: Location };

const nowhere: RouteEnd = { kind: 'local', canonical: new Uint8Array(0) };
const tries = 3;
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
  refuseUntold(looking);
  await using opened = new AsyncDisposableStack();
  const opening = { open, patience: patience(tries), make: false, keepsMode: true };
  const between = opened.use(await openBetween(source, dest, opening, signal));
  if (between.isNew) throw notThere(dest);
  const setup = setupToLookBetween(between, looking);
  const farAttributes = await tellFarAttributes(between, setup, signal);
  const held = opened.move();
  return {
    ends: { ...between, roundTripMs: roundTripOf(between) },
    single: between.source.name,
    lanes: () => lanesOver({ ...setup, farAttributes }),
    untold: untoldOf(between, farAttributes, looking.preserve),
    [Symbol.asyncDispose]: () => held.disposeAsync(),
  };
}

/** What of attributes cannot be compared with a host; elsewhere nobody expects any. */
function untoldOf(
  { source, dest }: Between,
  { of, there }: FarAttributes,
  { xattrs, acls }: Preserve,
): string | undefined {
  const areTold = (source.store.attributesOf ?? of) && (dest.store.attributesOf ?? there);
  if (areTold || (source.kind !== 'ssh' && dest.kind !== 'ssh')) return undefined;
  return inWords([xattrs && 'extended attributes', acls && 'access control lists']) || undefined;
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
  refuseUntold(looking);
  const opened = await openFrom(source, { open, patience: patience(tries) }, signal);
  const both = { source: opened.source, dest: opened.source };
  return {
    ends: { source: opened.source, dest: nowhere, roundTripMs: roundTripOf(opened) },
    single: opened.source.name,
    lanes: () => lanesOver(setupToLookBetween(both, looking)),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

function endsOf({ source, dest }: { readonly source: Uint8Array; readonly dest: Uint8Array }): Look['ends'] {
  return {
    source: { kind: 'local', canonical: source },
    dest: { kind: 'local', canonical: dest },
    roundTripMs: 0,
  };
}

function notThere(dest: Location): TransferError {
  return new TransferError('usage', `there is no ${formatLocation(dest)}`);
}
