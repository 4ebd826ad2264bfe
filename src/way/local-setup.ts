/** What the lanes of a run have to know, from what was asked and what was found at both ends. */
import type { LaneSetup } from '../engine/parallel/lane-setup.ts';
import type { TransferRequest } from '../request.ts';
import { holderOf } from '../store/local/probe/holder.ts';
import { probe, usual } from '../store/local/probe/probe.ts';
import { takeUmask } from '../work/umask.ts';
import { type Known, type Looking, sizes } from './known.ts';
import type { Ends } from './local-ends.ts';
import { tagsOf } from './tags.ts';

type Setup = Omit<LaneSetup, 'shared'>;

/** For lanes that only look, at one tree or at two. */
export function setupToLook(ends: Ends, looking: Looking): Setup {
  return looks(ends, looking, { leftPath: undefined, trial: undefined });
}

type Look = { readonly leftPath: string | undefined; readonly trial: Buffer | undefined };

function looks(ends: Ends, looking: Looking, { leftPath, trial }: Look): Setup {
  const found = ends.isNew ? usual : probe(ends.dest, trial);
  return {
    source: ends.source,
    dest: ends.dest,
    single: ends.single?.to,
    rootIsNew: ends.isNew,
    rules: looking.rules,
    oneFileSystem: looking.oneFileSystem,
    keep: looking.preserve,
    holder: { ...holderOf(found, takeUmask()), groups: undefined },
    dryRun: true,
    checksum: looking.checksum,
    trust: false,
    verbose: false,
    retries: 0,
    leftPath,
    tag: '',
    ownTag: '',
    sweep: false,
    spared: [],
    suspectSince: 0n,
    bytesPerSecond: looking.bytesPerSecond,
    ...sizes,
  };
}

/** For lanes that copy. */
export function setupToCopy(ends: Ends, request: TransferRequest, run: Known): Setup {
  const { key, sweep, spared, suspectSince, trust, leftPath } = run;
  const { tag, ownTag } = tagsOf(key);
  const trial = request.dryRun ? undefined : Buffer.from(`${ownTag}trial`);
  const found = looks(trial ? { ...ends, isNew: false } : ends, request, { leftPath, trial });
  const { holder } = found;
  return {
    ...found,
    holder: holderOf(holder, holder.umask),
    sweep,
    spared,
    suspectSince,
    trust,
    rootIsNew: ends.isNew,
    dryRun: request.dryRun,
    verbose: request.verbose || request.dryRun,
    retries: request.retries,
    tag,
    ownTag,
  };
}
