/**
 * Many small entries as one tar stream, where an end is on a host whose shell has a tar: packed at one end, unpacked at
 * the other. What is on this machine is packed and unpacked here, what goes from host to host passes through its memory.
 *
 * New trees of this machine are walked and packed, or made and unpacked, in a thread of their own; all else is listed,
 * compared and put together by the lanes between two Stores. What did not get its name in a batch goes alone.
 */
import type { CarryTrees } from '../../conduct/carry-trees.ts';
import type { Compression } from '../../report/events.ts';
import type { Compress } from '../../request.ts';
import type { Batches } from '../../store/batch.ts';
import { holderAt } from '../../store/local/probe/holder.ts';
import type { Store } from '../../store/store.ts';
import type { FarPlace } from './far-place.ts';
import type { FarSource } from './from-host.ts';
import { createPull } from './pull.ts';
import { createPullTrees } from './pull-trees.ts';
import { createPush } from './push.ts';
import { createPushTrees, type TreesHow } from './push-trees.ts';
import { createRelay } from './relay.ts';
import { Squeezing } from './squeeze/squeezing.ts';

/** A directory of this machine, or one on a host with the Store of the same place. */
export type TarEnd =
  | { readonly kind: 'here'; readonly dir: Uint8Array }
  | { readonly kind: 'far'; readonly place: FarPlace; readonly store: Store };

/** For one run, as its names of ours are. */
export type TarBatches = AsyncDisposable & {
  readonly batches: Batches;
  /** undefined: nothing new goes by a thread of its own */
  readonly carryTrees: CarryTrees | undefined;
  /** so far, at each end that is on a host */
  readonly compression: () => readonly Compression[];
};

/** Undefined where no end is on a host. Throws 'unsupported' for a program to compress with that is not there. */
export function tarBetween(
  from: TarEnd,
  to: TarEnd,
  compress: Compress,
): ((how: TreesHow) => TarBatches) | undefined {
  if (from.kind === 'here')
    return to.kind === 'far' ? pushTo(squeezed(to, 'dest', compress), from.dir) : undefined;
  const source = squeezed(from, 'source', compress);
  const packed = { place: source, store: from.store };
  if (to.kind === 'here') return pullFrom(packed, to.dir);
  const dest = squeezed(to, 'dest', compress);
  return (how) => joined(createRelay(packed, dest, how), undefined, [source, dest]);
}

function pushTo(dest: FarPlace, dir: Uint8Array): (how: TreesHow) => TarBatches {
  return (how) => joined(createPush(dir, dest, how), createPushTrees(dir, dest, how), [dest]);
}

function pullFrom(from: FarSource, root: Uint8Array): (how: TreesHow) => TarBatches {
  const to = { root, holder: holderAt(root) };
  return (how) => joined(createPull(from, to, how), createPullTrees(from, to, how), [from.place]);
}

type Far = Extract<TarEnd, { kind: 'far' }>;

function squeezed({ place }: Far, end: Compression['end'], wanted: Compress): FarPlace {
  const { roundTripMs } = place;
  return { ...place, squeezing: new Squeezing({ ...place, roundTripMs, end }, wanted) };
}

type Trees = AsyncDisposable & { readonly carry: CarryTrees };

function joined(batches: Batches, trees: Trees | undefined, far: readonly FarPlace[]): TarBatches {
  return {
    batches,
    carryTrees: trees?.carry,
    compression: () => far.flatMap(({ squeezing }) => squeezing?.told() ?? []),
    [Symbol.asyncDispose]: async () => trees?.[Symbol.asyncDispose](),
  };
}
