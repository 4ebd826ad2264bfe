/**
 * Both ends of a transfer as Stores, where one of them is not on this machine: the same look before anything else
 * that local-ends.ts takes at two local places. Makes the destination directory, never those above it.
 */
import { isKind, TransferError } from '../errors.ts';
import { formatLocation } from '../location/format.ts';
import type { Location } from '../location/location.ts';
import { parentOf } from '../location/parent.ts';
import { isSigned } from '../location/signed.ts';
import { show } from '../report/show.ts';
import { type Entry, noMetadata } from '../store/entry.ts';
import type { EndName } from '../store/open.ts';
import { itself } from '../store/path.ts';
import { retrying } from '../store/retrying.ts';
import type { Store } from '../store/store.ts';
import { type End, endOf, shown, spotOf } from './end.ts';
import { type Making, notDirectory, refuseOverlap, rootMode } from './local-ends.ts';
import type { Opening } from './opening.ts';
import { refuseItself } from './refuse-itself.ts';
import { refuseSpecial } from './refuse-special.ts';

export type Between = AsyncDisposable & {
  readonly source: End;
  readonly dest: End;
  /** to and from all ends that are not here, as far as it was measured */
  readonly roundTripMs: number;
  /** the destination directory was not there yet */
  readonly isNew: boolean;
  /** nobody may look at the one file that is the destination: whatever it is, it is replaced */
  readonly isBlind: boolean;
  /** Takes the destination directory away again, if it was made for this and nothing is in it. */
  readonly unmake: () => Promise<void>;
};

/** Opens a place, for as long as the stack lasts. */
type Open = (place: Location) => Promise<Store>;

/** Throws 'usage', 'denied', 'full', 'refused', 'transient' or 'io'. */
export async function openBetween(
  from: Location,
  to: Location,
  opening: Opening,
  signal: AbortSignal,
): Promise<Between> {
  await using stack = new AsyncDisposableStack();
  const {
    source,
    kind,
    mode: treeMode,
  } = await openSource(from, opener(opening, 'source', stack, signal), signal);
  const { isNew, isBlind, ...dest } = await openDest(
    to,
    { name: source.name, kind, believes: opening.believes },
    opener(opening, 'dest', stack, signal),
    signal,
  );
  const { makeDirectory } = dest.store;
  const isMade = isNew && opening.make && makeDirectory !== undefined;
  const unmake = async () => {
    if (isMade) await dest.store.remove(itself, signal);
  };
  await unmadeIfRefused({ unmake }, async () => refuse(source, dest)); // some make it while they look at it
  if (isMade) {
    const mode = rootMode(treeMode, opening.keepsMode);
    await makeDirectory(itself, { ...noMetadata, mode }, signal);
  }
  const kept = stack.move();
  const roundTripMs = tripMs(source) + tripMs(dest);
  const dispose = { [Symbol.asyncDispose]: () => kept.disposeAsync() };
  return { source, dest, roundTripMs, isNew, isBlind, unmake, ...dispose };
}

function refuse(source: End, dest: End): void {
  const [at, toward] = [spotOf(source), spotOf(dest)];
  const inWords = ({ kind, canonical }: End) =>
    kind === 's3' ? show(canonical.subarray(canonical.indexOf(0) + 1)) : shown(Buffer.from(canonical));
  refuseOverlap(at, toward, (end) => inWords(end === at ? source : dest));
  refuseItself(source, dest, inWords);
}

/** Looks at what may still be refused: then no destination is left that was made for it. */
export async function unmadeIfRefused<T>(
  { unmake }: Pick<Between, 'unmake'>,
  look: () => Promise<T>,
): Promise<T> {
  try {
    return await look();
  } catch (error) {
    await unmake().catch(() => undefined); // why it is refused is what is said
    throw error;
  }
}

/** A source that goes nowhere yet. */
export async function openFrom(
  from: Location,
  opening: Omit<Opening, keyof Making>,
  signal: AbortSignal,
): Promise<AsyncDisposable & Pick<Between, 'source' | 'roundTripMs'>> {
  await using stack = new AsyncDisposableStack();
  const { source } = await openSource(from, opener(opening, 'source', stack, signal), signal);
  const kept = stack.move();
  return { source, roundTripMs: tripMs(source), [Symbol.asyncDispose]: () => kept.disposeAsync() };
}

function tripMs({ store }: End): number {
  return store.roundTripMs ?? 0;
}

function opener(
  { open, patience }: Omit<Opening, keyof Making>,
  end: EndName,
  stack: AsyncDisposableStack,
  signal: AbortSignal,
): Open {
  return async (place) => {
    const store = retrying(stack.use(await open(place, end)), patience);
    const whole = await store.withManifest?.(signal);
    return whole ? retrying(stack.use(whole), patience) : store;
  };
}

type Opened = {
  readonly source: End;
  readonly kind: Entry['kind'];
  /** of a tree, where it has one */
  readonly mode: number | undefined;
};

async function openSource(place: Location, open: Open, signal: AbortSignal): Promise<Opened> {
  const store = await open(place);
  const found = await store.stat(itself, signal);
  if (!found) throw new TransferError('usage', `there is no ${formatLocation(place)}`);
  const { kind } = found;
  if (kind !== 'directory') return { source: await openAbove(place, open, signal), kind, mode: undefined };
  if (!store.isOpen) await mustBeReadable(place, store, signal);
  return { source: await endOf(place, store, undefined, signal), kind, mode: found.mode };
}

/** Some places tell only when they are listed that they are not there. */
async function mustBeReadable(place: Location, store: Store, signal: AbortSignal): Promise<void> {
  try {
    for await (const _ of store.list(itself, signal)) break;
  } catch (cause) {
    if (!isKind(cause, 'missing')) throw cause;
    throw new TransferError('usage', `there is no ${formatLocation(place)}`, { cause });
  }
}

/** The directory that an entry is in. */
async function openAbove(place: Location, open: Open, signal: AbortSignal): Promise<End> {
  const above = parentOf(place);
  if (!above) throw new TransferError('usage', `${formatLocation(place)} is nothing that can be copied`);
  const store = await open(above.place);
  return endOf(above.place, store, above.name, signal);
}

type Coming = {
  readonly believes: true | undefined;
  /** of one entry instead of a tree */
  readonly name: Uint8Array | undefined;
  readonly kind: Entry['kind'];
};

async function openDest(
  place: Location,
  { name, kind, believes }: Coming,
  open: Open,
  signal: AbortSignal,
): Promise<End & Pick<Between, 'isNew' | 'isBlind'>> {
  if (believes && kind === 'file' && isSigned(place) && !endsInSlash(place)) {
    const above = await openAbove({ ...place, isBlind: true }, open, signal);
    return { ...above, isNew: false, isBlind: true };
  }
  const store = await open(place);
  const there = await store.stat(itself, signal);
  const goesInto = !name || there?.kind === 'directory' || endsInSlash(place);
  if (!goesInto) {
    refuseSpecial(there, kind, place);
    const above = await openAbove(place, open, signal);
    return { ...above, isNew: !(await above.store.stat(itself, signal)), isBlind: false };
  }
  if (there && there.kind !== 'directory') throw notDirectory(formatLocation(place), !name);
  return { ...(await endOf(place, store, name, signal)), isNew: !there, isBlind: false };
}

const slash = 0x2f;

function endsInSlash(place: Location): boolean {
  if (place.kind === 'http') return new URL(place.url).pathname.endsWith('/');
  if (place.kind === 's3') return place.prefix.endsWith('/');
  return 'path' in place && place.path.at(-1) === (typeof place.path === 'string' ? '/' : slash);
}
