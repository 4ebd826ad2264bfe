/** What the lanes of a run have to know, from what was asked and what was found at both ends. */
import type { LaneSetup } from '../engine/parallel/lane-setup.ts';
import type { Preserve, Selection, TransferRequest } from '../request.ts';
import { holderOf } from '../store/local/probe/holder.ts';
import { probe, usual } from '../store/local/probe/probe.ts';
import { randomHex } from '../work/random-hex.ts';
import { takeUmask } from '../work/umask.ts';
import type { Ends } from './local-ends.ts';

type Setup = Omit<LaneSetup, 'shared'>;

/** Of what lanes do at once, in ranges, and in one Part. */
export const sizes = {
  inlineBytes: 1024 * 1024,
  rangeBytes: 64 * 1024 * 1024,
  budget: { entries: 2000, bytes: 32 * 1024 * 1024 },
} as const;

/** What a verb that only looks asks for. */
export type Looking = Selection & {
  readonly preserve: Preserve;
  readonly checksum: boolean;
  readonly bytesPerSecond: number | undefined;
};

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

/** What a run knows of those before it. */
export type Known = Pick<Setup, 'sweep' | 'spared' | 'suspectSince' | 'trust' | 'leftPath'> & {
  readonly key: string;
  readonly suspectUntil: bigint | undefined;
  /** ns since 1970: attributes that changed since were not compared by a run before */
  readonly comparedSince: bigint;
  /** the line is slow enough for sending only what changed in large files */
  readonly sendsChanges: boolean;
};

/** For lanes that copy. */
export function setupToCopy(ends: Ends, request: TransferRequest, run: Known): Setup {
  const { key, sweep, spared, suspectSince, trust, leftPath } = run;
  const tag = `.difpipe-${key.slice(0, 12)}-`;
  const ownTag = `${tag}${randomHex(6)}-`;
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
