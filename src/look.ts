/** Lanes that only look, at one tree or at two: threads where all is on this machine, else lanes over Stores. */
import { type End, openBetween, openFrom, roundTripOf } from './between.ts';
import type { Board, StartLanes } from './conduct/lanes.ts';
import { threads } from './engine/parallel/threads.ts';
import { lanesOver } from './engine/stores/stores.ts';
import { TransferError } from './errors.ts';
import type { Ends } from './experience.ts';
import type { RouteEnd } from './journal/key.ts';
import { lineTo } from './lines.ts';
import { formatLocation } from './location/format.ts';
import type { Location } from './location/location.ts';
import type { Line } from './plan/route.ts';
import { openEnds, openSource } from './route.ts';
import { setupToLook } from './setup.ts';
import { type Looking, patience, refuseUntold, setupToLookBetween } from './setup-between.ts';
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

/** To compare two trees. Throws 'usage' where one of them is not there. */
export async function lookAtBoth(
  { source, dest }: Places,
  looking: Looking,
  open: OpenStore,
  signal: AbortSignal,
): Promise<Look> {
  if (source.kind === 'local' && dest.kind === 'local') {
    const ends = await openEnds(source, dest, { make: false }, signal);
    if (ends.isNew) throw notThere(dest);
    const lanes = () => threads(setupToLook(ends, looking, undefined));
    return { ends: endsOf(ends.canonical), single: ends.single?.from, lanes, [Symbol.asyncDispose]: nothing };
  }
  refuseUntold(looking);
  const between = await openBetween(source, dest, { open, patience: patience(tries), make: false }, signal);
  if (between.isNew) throw notThere(dest);
  return {
    ends: { ...between, roundTripMs: roundTripOf(between) },
    single: between.source.name,
    lanes: () => lanesOver(setupToLookBetween(between, looking)),
    [Symbol.asyncDispose]: () => between[Symbol.asyncDispose](),
  };
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
