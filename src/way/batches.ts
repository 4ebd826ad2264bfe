/** Which batches of small entries there can be between two places: who begins, who unbegins. */

import { rcloneBatches } from '../engine/rclone/rclone.ts';
import type { StoresSetup } from '../engine/stores/setup.ts';
import { type TarBatches, type TarEnd, tarBetween } from '../engine/tar/tar.ts';
import { TransferError } from '../errors.ts';
import type { TransferRequest } from '../request.ts';
import type { ReadyWorker } from '../work/ready-worker.ts';
import type { Between } from './between.ts';
import type { End } from './end.ts';
import { answerOf } from './far-tools.ts';
import { mayBatch, mustNotCompress } from './may-batch.ts';

type Made = Pick<StoresSetup, 'batches' | 'carryTrees'> & Pick<TarBatches, 'compression'>;

/** Makes them for one run, as its names of ours are. */
export type CreateBatches = (how: StoresSetup, warn: (message: string) => void) => AsyncDisposable & Made;

type Wanted = Pick<TransferRequest, 'strategy' | 'compress' | 'preserve'> & {
  /** the thread that was started to pack or unpack new trees on this machine */
  readonly worker: () => ReadyWorker | undefined;
};

/**
 * Undefined where each entry has to go alone: an end has no shell or no tar, or not all that a tar carries is wanted.
 * Throws 'unsupported' where batches were asked for.
 */
export async function findBatches(
  between: Pick<Between, 'source' | 'dest'>,
  wanted: Wanted,
): Promise<CreateBatches | undefined> {
  const isAlone = between.source.name !== undefined || !mayBatch(wanted.strategy);
  const byPlace = isAlone ? undefined : byPlaceItself(between);
  const found = isAlone || byPlace ? undefined : await byTar(between, wanted);
  if (!found) mustNotCompress(wanted.compress);
  return found ?? byPlace;
}

/** Where a place is rclone's, or takes small files of this machine by itself. */
function byPlaceItself({ source, dest }: Pick<Between, 'source' | 'dest'>): CreateBatches | undefined {
  const { takeFrom } = dest.store;
  const taken = source.kind === 'local' ? takeFrom : undefined;
  const rclone = rcloneOf(source, dest);
  if (rclone)
    return (how, warn) => {
      const isPaced = how.bytesPerSecond !== undefined; // several at once would not share a rate
      const batches = isPaced ? undefined : rclone({ ...how, warn });
      return alone(batches ?? taken?.(source.dir, how));
    };
  return taken && ((how) => alone(taken(source.dir, how)));
}

function alone(batches: Made['batches']): ReturnType<CreateBatches> {
  return {
    batches,
    carryTrees: undefined,
    compression: () => [],
    [Symbol.asyncDispose]: async () => undefined,
  };
}

function rcloneOf(source: End, dest: End) {
  const endOf = ({ kind, store, dir }: End) => ({ store, dir: kind === 'local' ? dir : undefined });
  if (!source.store.carrier && !dest.store.carrier) return undefined;
  return rcloneBatches(endOf(source), endOf(dest));
}

async function byTar(
  { source, dest }: Pick<Between, 'source' | 'dest'>,
  { strategy, compress, preserve, worker }: Wanted,
): Promise<CreateBatches | undefined> {
  const isAll = preserve.hardlinks || source.kind === 'local'; // a far tar joins names
  const [from, to] = isAll ? await Promise.all([tarEndOf(source), tarEndOf(dest)]) : [];
  const tar = from && to && tarBetween(from, to, compress);
  if (tar) return (how) => tar({ ...how, worker: worker() });
  if (strategy === 'tar') throw cannotBatch(isAll);
  return undefined;
}

async function tarEndOf({ kind, store, dir }: End): Promise<TarEnd | undefined> {
  if (kind === 'local') return { kind: 'here', dir };
  const place = await answerOf(store);
  return place && { kind: 'far', place, store };
}

function cannotBatch(isAll: boolean): TransferError {
  const [why, hint] = isAll
    ? ['an end has no shell with a tar that can', 'choose another --strategy']
    : [
        'the tar of a host keeps hard links',
        'leave --no-preserve hardlinks away, or choose another --strategy',
      ];
  return new TransferError('unsupported', `cannot send batches: ${why}`, { hint });
}
