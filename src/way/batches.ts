/** Which batches of small entries there can be between two places: who begins, who unbegins. */

import type { CarryTrees } from '../conduct/carry-trees.ts';
import { rcloneBatches } from '../engine/rclone/rclone.ts';
import type { StoresSetup } from '../engine/stores/setup.ts';
import type { FarPlace } from '../engine/tar/far-place.ts';
import { asItIs, ask } from '../engine/tar/host/exchange.ts';
import { type FarTools, probe, readProbe } from '../engine/tar/host/probe.ts';
import { createPull } from '../engine/tar/pull.ts';
import { createPullTrees } from '../engine/tar/pull-trees.ts';
import { createPush } from '../engine/tar/push.ts';
import { createPushTrees } from '../engine/tar/push-trees.ts';
import { createRelay } from '../engine/tar/relay.ts';
import { Squeezing } from '../engine/tar/squeeze/squeezing.ts';
import { isKind, TransferError } from '../errors.ts';
import type { Strategy } from '../plan/plan.ts';
import type { Compression } from '../report/events.ts';
import type { Compress, TransferRequest } from '../request.ts';
import type { Batches } from '../store/batch.ts';
import type { Holder } from '../store/local/holder.ts';
import { probe as tryOut } from '../store/local/probe.ts';
import type { Store } from '../store/store.ts';
import type { RunFar } from '../work/far-process.ts';
import { heardLater } from '../work/heard-later.ts';
import type { ReadyWorker } from '../work/ready-worker.ts';
import { retry } from '../work/retry.ts';
import { userUmask } from '../work/umask.ts';
import type { Between } from './between.ts';
import { patience } from './waits.ts';

/** Makes them for one run, as its names of ours are. */
export type CreateBatches = (
  how: StoresSetup,
  warn: (message: string) => void,
) => AsyncDisposable & {
  /** undefined: each entry goes alone after all */
  readonly batches: Batches | undefined;
  readonly carryTrees: CarryTrees | undefined;
  /** so far */
  readonly compression: () => readonly Compression[];
};

/**
 * Undefined where each entry has to go alone: an end has no shell or no tar, or not all that a tar carries is wanted.
 * Throws 'unsupported' where batches were asked for.
 */
export async function findBatches(
  { source, dest }: Between,
  {
    strategy,
    compress,
    preserve,
    worker,
  }: Pick<TransferRequest, 'strategy' | 'compress' | 'preserve'> & {
    /** the thread that was started to pack or unpack new trees on this machine */
    readonly worker: () => ReadyWorker | undefined;
  },
): Promise<CreateBatches | undefined> {
  const { mode, owner, times, hardlinks } = preserve;
  const rclone = rcloneOf(source, dest);
  const { takeFrom } = dest.store;
  if (rclone || takeFrom || source.name || !mayBatch(strategy)) mustNotCompress(compress);
  if (!mayBatch(strategy) || source.name) return undefined;
  if (rclone)
    return (how, warn) => {
      const isPaced = how.bytesPerSecond !== undefined; // several at once would not share a rate
      const batches = isPaced ? undefined : rclone({ ...how, warn });
      return joined(
        batches ?? (source.kind === 'local' ? takeFrom?.(source.dir, how) : undefined),
        undefined,
        [],
      );
    };
  if (takeFrom && source.kind === 'local') return (how) => joined(takeFrom(source.dir, how), undefined, []);
  const isAll = mode && owner && times && (hardlinks || source.kind === 'local'); // a far tar joins names
  const found = isAll ? await findWay({ source, dest }, compress, worker) : undefined;
  if (!isAll && strategy === 'tar')
    throw new TransferError(
      'unsupported',
      'cannot send batches: a tar keeps modes, owners, times and links, or nothing',
      {
        hint: 'leave --no-preserve away, or choose another --strategy',
      },
    );
  if (!found && strategy === 'tar')
    throw new TransferError('unsupported', 'cannot send batches: an end has no shell with a tar that can', {
      hint: 'choose another --strategy',
    });
  if (!found) mustNotCompress(compress);
  return found;
}

/** Throws 'unsupported' for a program that was asked for by name. */
export function mustNotCompress(compress: Compress): void {
  if (compress === 'auto' || compress === 'off') return;
  throw new TransferError('unsupported', `--compress ${compress} is for batches of small files over SSH`, {
    hint: 'leave it away: between these places, or in this way, nothing is compressed',
  });
}

function rcloneOf(source: Between['source'], dest: Between['dest']) {
  const endOf = ({ kind, store, dir }: Between['source']) => ({
    store,
    dir: kind === 'local' ? dir : undefined,
  });
  if (!source.store.carrier && !dest.store.carrier) return undefined;
  return rcloneBatches(endOf(source), endOf(dest));
}

/** Whether a strategy may send batches at all. */
export function mayBatch(strategy: Strategy): boolean {
  return strategy !== 'parallel';
}

async function findWay(
  { source, dest }: Pick<Between, 'source' | 'dest'>,
  compress: Compress,
  worker: () => ReadyWorker | undefined,
): Promise<CreateBatches | undefined> {
  const answers = await Promise.all([answerOf(source.store), answerOf(dest.store)]);
  const [from, to] = [
    squeezed(answers[0], source.store, 'source', compress),
    squeezed(answers[1], dest.store, 'dest', compress),
  ];
  if (source.kind === 'local' && to)
    return (how) => {
      const trees = createPushTrees(source.dir, to, { ...how, worker: worker() });
      return joined(createPush(source.dir, to, how), trees, [to]);
    };
  if (from && dest.kind === 'local') {
    const holder = holderAt(dest.dir);
    const to = { root: dest.dir, holder };
    return (how) =>
      joined(
        createPull(from, source.store, to, how),
        createPullTrees(from, to, { ...how, worker: worker() }),
        [from],
      );
  }
  if (!from || !to) return undefined;
  return (how) => joined(createRelay(from, source.store, to, how), undefined, [from, to]);
}

type Trees = AsyncDisposable & { readonly carry: CarryTrees };

function joined(
  batches: Batches | undefined,
  trees: Trees | undefined,
  far: readonly FarPlace[],
): ReturnType<CreateBatches> {
  return {
    batches,
    compression: () => far.flatMap(({ squeezing }) => squeezing?.told() ?? []),
    carryTrees: trees?.carry,
    [Symbol.asyncDispose]: async () => trees?.[Symbol.asyncDispose](),
  };
}

const withinMs = 60_000;
const asked = new WeakMap<RunFar, Promise<FarTools | undefined>>();

/** Asks a host what it has, while other things are looked at; `findBatches` then waits for the answer. */
export function askEarly(run: RunFar, retries: number, signal: AbortSignal): void {
  if (asked.has(run)) return;
  const asking = heardLater(retry(() => probeShell(run, signal), { ...patience(retries), withinMs }, signal));
  asked.set(run, asking);
}

/** An end whose host was asked early, and has a tar and what else that takes. */
export async function answerOf({ shell, roundTripMs }: Store): Promise<FarPlace | undefined> {
  const tools = shell && (await asked.get(shell.run));
  return tools && { ...shell, tools, roundTripMs };
}

function squeezed(
  place: FarPlace | undefined,
  { roundTripMs }: Store,
  end: Compression['end'],
  wanted: Compress,
): FarPlace | undefined {
  return place && { ...place, squeezing: new Squeezing({ ...place, roundTripMs, end }, wanted) };
}

async function probeShell(run: RunFar, signal: AbortSignal): Promise<FarTools | undefined> {
  try {
    const { stdout } = await ask(run, probe(), asItIs, signal);
    const tools = readProbe(stdout);
    return tools.tar && tools.nul ? tools : undefined;
  } catch (error) {
    if (isKind(error, 'unsupported')) return undefined;
    throw error;
  }
}

function holderAt(dir: Uint8Array): Holder {
  const [uid, gid] = [process.geteuid!(), process.getegid!()];
  const groups = uid === 0 ? undefined : [...process.getgroups!(), gid];
  return { ...tryOut(dir, undefined), uid, gid, groups, umask: userUmask() };
}
