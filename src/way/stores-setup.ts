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
import type { Known, Looking } from './known.ts';
import { type Common, commonToCopy, commonToLook, trialOf } from './run-setup.ts';

/** Throws 'unsupported' for what no Store tells. */
export function refuseUntold({ oneFileSystem }: Selection): void {
  if (!oneFileSystem) return;
  throw new TransferError('unsupported', '--one-file-system works only between places on this machine', {
    hint: 'leave other file systems out with --exclude',
  });
}

/** For lanes that only look, at one tree or at two. */
export function setupToLookBetween(ends: Ends, looking: Looking): StoresSetup {
  return setupOver(ends, commonToLook(looking));
}

/** For lanes that copy. */
export function setupBetween(between: Between, request: TransferRequest, known: Known): StoresSetup {
  const common = commonToCopy(request, known);
  const { tag, ownTag, sweep, suspectSince } = common;
  const { isNew: rootIsNew } = between;
  const suffix = `.difp-${known.key.slice(0, 5)}`;
  return {
    ...setupOver(between, common),
    rootIsNew,
    durable: request.durability !== 'none',
    suffix: { all: suffix, own: suffix + ownTag.slice(tag.length, tag.length + 5) }, // rclone takes 16 bytes
    sweep: sweep && !isUntouched({ rootIsNew, suspectSince }),
    suspectUntil: known.suspectUntil,
  };
}

type Ends = Pick<Between, 'source' | 'dest'>;

function setupOver({ source, dest }: Ends, common: Common): StoresSetup {
  const { bytesPerSecond, rangeBytes } = common;
  return {
    ...common,
    source: source.store,
    dest: destOf(dest, trialOf(common)),
    batches: undefined,
    farAttributes: {},
    pace: bytesPerSecond === undefined ? undefined : createRate(bytesPerSecond),
    comparedSince: 0n,
    carryTrees: undefined,
    delta: undefined,
    direct: undefined,
    single: source.name && dest.name,
    rootIsNew: false,
    givesAway: dest.kind === 'local' ? process.geteuid!() === 0 : undefined,
    groups: dest.kind === 'local' ? [...process.getgroups!(), process.getegid!()] : undefined,
    umask: userUmask(),
    suffix: { all: '', own: '' },
    durable: false,
    leftOf: undefined,
    suspectUntil: undefined,
    rangeBytes: source.store.rangeBytes ?? rangeBytes,
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
