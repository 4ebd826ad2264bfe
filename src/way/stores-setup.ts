/** What lanes over Stores have to know, from what was asked and what was found at both ends. */
import { isUntouched } from '../conduct/setup.ts';
import type { StoresSetup } from '../engine/stores/setup.ts';
import { TransferError } from '../errors.ts';
import type { Selection, TransferRequest } from '../request.ts';
import { probe } from '../store/local/probe/probe.ts';
import type { Store } from '../store/store.ts';
import { createRate } from '../work/rate.ts';
import { userUmask } from '../work/umask.ts';
import type { Between } from './between.ts';
import { type Known, type Looking, sizes } from './known.ts';
import { tagsOf } from './tags.ts';

/** Throws 'unsupported' for what no Store tells. */
export function refuseUntold({ oneFileSystem }: Selection): void {
  if (!oneFileSystem) return;
  throw new TransferError('unsupported', '--one-file-system works only between places on this machine', {
    hint: 'leave other file systems out with --exclude',
  });
}

/** For lanes that only look, at one tree or at two; `trial` is a name that may be used to try out what a disk can hold. */
export function setupToLookBetween(
  { source, dest }: Pick<Between, 'source' | 'dest'>,
  looking: Looking,
  trial?: Buffer,
): StoresSetup {
  return {
    source: source.store,
    dest: destOf(dest, trial),
    batches: undefined,
    farAttributes: {},
    pace: looking.bytesPerSecond === undefined ? undefined : createRate(looking.bytesPerSecond),
    comparedSince: 0n,
    carryTrees: undefined,
    delta: undefined,
    direct: undefined,
    single: source.name && dest.name,
    rootIsNew: false,
    rules: looking.rules,
    keep: looking.preserve,
    givesAway: dest.kind === 'local' ? process.geteuid!() === 0 : undefined,
    groups: dest.kind === 'local' ? [...process.getgroups!(), process.getegid!()] : undefined,
    umask: userUmask(),
    suffix: { all: '', own: '' },
    dryRun: true,
    checksum: looking.checksum,
    verbose: false,
    retries: 0,
    durable: false,
    leftOf: undefined,
    tag: '',
    ownTag: '',
    sweep: false,
    spared: [],
    suspectSince: 0n,
    suspectUntil: undefined,
    bytesPerSecond: looking.bytesPerSecond,
    ...sizes,
    rangeBytes: source.store.rangeBytes ?? sizes.rangeBytes,
  };
}

/** Farther than any clock. */
const farSeconds = 2 ** 40;

/** A disk of this machine may keep times less finely than others, and know one case. */
export function destOf({ kind, store, dir }: Between['dest'], trial: Buffer | undefined): Store {
  if (kind !== 'local') return store;
  const { timeStepNs, earliest, latest, foldsCase, holdsModes } = probe(dir, trial);
  const timeEnds = { earliest: Math.max(earliest, -farSeconds), latest: Math.min(latest, farSeconds) };
  return { ...store, timeStepNs, timeEnds, foldsCase, holdsModes };
}

/** For lanes that copy. */
export function setupBetween(between: Between, request: TransferRequest, known: Known): StoresSetup {
  const { key, sweep, spared, suspectSince, suspectUntil } = known;
  const { tag, ownTag, run } = tagsOf(key);
  const suffix = `.difp-${key.slice(0, 5)}`;
  const trial = request.dryRun ? undefined : Buffer.from(`${ownTag}trial`);
  return {
    ...setupToLookBetween(between, request, trial),
    rootIsNew: between.isNew,
    dryRun: request.dryRun,
    verbose: request.verbose || request.dryRun,
    retries: request.retries,
    durable: request.durability !== 'none',
    tag,
    ownTag,
    suffix: { all: suffix, own: `${suffix}${run.slice(0, 5)}` }, // rclone takes 16 bytes
    sweep: sweep && !isUntouched({ rootIsNew: between.isNew, suspectSince }),
    spared,
    suspectSince,
    suspectUntil,
  };
}
