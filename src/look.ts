/** Lanes that only look, at one tree or at two: threads where all is on this machine, else lanes over Stores. */
import { type Between, type End, openBetween, openFrom, roundTripOf } from './between.ts';
import type { Board, StartLanes } from './conduct/lanes.ts';
import { threads } from './engine/parallel/threads.ts';
import { lanesOver } from './engine/stores/stores.ts';
import { TransferError } from './errors.ts';
import type { Ends } from './experience.ts';
import { tellFarAttributes } from './far-attributes.ts';
import type { RouteEnd } from './journal/key.ts';
import { lineTo } from './lines.ts';
import { formatLocation } from './location/format.ts';
import type { Location } from './location/location.ts';
import type { Line } from './plan/route.ts';
import type { Preserve } from './request.ts';
import { openEnds, openSource } from './route.ts';
import { setupToLook } from './setup.ts';
import { type Looking, patience, refuseUntold, setupToLookBetween } from './setup-between.ts';
import type { FarAttributes } from './store/attributes.ts';
import type { OpenStore } from './store/open.ts';

export type Look = AsyncDisposable & {
  readonly ends: Ends & { readonly source: RouteEnd; readonly dest: RouteEnd };
  /** the one entry of the source that is looked at */
  readonly single: Uint8Array | undefined;
  /** `leftPath` is the Journal, where it knows of earlier runs. */
  readonly lanes: (leftPath: string | undefined) => { readonly board: Board; readonly start: StartLanes };
};

export type SourceLook = Look & {
  /** Measures the lines to the hosts of the route. */
  readonly lines: (signal: AbortSignal) => Promise<readonly Line[]>;
};

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
    const ends = await openEnds(source, dest, { make: false }, signal);
    if (ends.isNew) throw notThere(dest);
    const lanes = () => threads(setupToLook(ends, looking, undefined));
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
  const opening = { open, patience: patience(tries), make: false };
  const between = opened.use(await openBetween(source, dest, opening, signal));
  if (between.isNew) throw notThere(dest);
  const farAttributes = await tellFarAttributes(between, looking.preserve, signal);
  const held = opened.move();
  return {
    ends: { ...between, roundTripMs: roundTripOf(between) },
    single: between.source.name,
    lanes: () => lanesOver({ ...setupToLookBetween(between, looking), farAttributes }),
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
  const words = [xattrs && 'extended attributes', acls && 'access control lists'];
  return words.filter((word) => word !== false).join(' and ') || undefined;
}

/** To count what a source holds, on its way to a destination or to none. */
export async function lookAtSource(
  { source, dest }: { readonly source: Location; readonly dest: Location | undefined },
  looking: Looking,
  open: OpenStore,
  signal: AbortSignal,
): Promise<SourceLook> {
  if (source.kind === 'local' && (dest?.kind ?? 'local') === 'local') {
    const ends = await (dest?.kind === 'local'
      ? openEnds(source, dest, { make: false }, signal)
      : openSource(source, signal));
    const lanes = (leftPath: string | undefined) =>
      threads({ ...setupToLook({ ...ends, isNew: true }, looking, leftPath), dest: new Uint8Array(0) });
    return {
      ends: endsOf(ends.canonical),
      single: ends.single?.from,
      lanes,
      lines: async () => [],
      [Symbol.asyncDispose]: nothing,
    };
  }
  refuseUntold(looking);
  const opening = { open, patience: patience(tries), make: false };
  const opened = dest
    ? await openBetween(source, dest, opening, signal)
    : { dest: undefined, ...(await openFrom(source, opening, signal)) };
  const both = { source: opened.source, dest: opened.dest ?? opened.source };
  return {
    ends: { source: opened.source, dest: opened.dest ?? nowhere, roundTripMs: roundTripOf(opened) },
    single: opened.source.name,
    lanes: () => lanesOver(setupToLookBetween(both, looking)),
    lines: (on) => linesOf(opened, on),
    [Symbol.asyncDispose]: () => opened[Symbol.asyncDispose](),
  };
}

/** One after the other, since they share this machine. */
async function linesOf(
  { source, dest }: { readonly source: End; readonly dest: End | undefined },
  signal: AbortSignal,
): Promise<Line[]> {
  const from = await lineTo(source.store, 'source', signal);
  const to = dest && (await lineTo(dest.store, 'dest', signal));
  return [from, to].filter((line) => line !== undefined);
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
