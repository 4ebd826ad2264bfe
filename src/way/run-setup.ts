/** What every job of a run has in common whatever lanes do it, but for what its ends tell. */
import type { RunSetup } from '../conduct/setup.ts';
import type { TransferRequest } from '../request.ts';
import { randomHex } from '../work/random-hex.ts';
import type { Known, Looking } from './known.ts';

export type Common = Omit<RunSetup, 'single' | 'rootIsNew'>;

/** Of lanes that only look. */
export function commonToLook(looking: Looking): Common {
  return {
    rules: looking.rules,
    keep: looking.preserve,
    dryRun: true,
    checksum: looking.checksum,
    verbose: false,
    retries: 0,
    tag: '',
    ownTag: '',
    sweep: false,
    spared: [],
    suspectSince: 0n,
    bytesPerSecond: looking.bytesPerSecond,
    inlineBytes: 1024 * 1024,
    rangeBytes: 64 * 1024 * 1024,
    budget: { entries: 2000, bytes: 32 * 1024 * 1024 },
  };
}

/** Of lanes that copy. */
export function commonToCopy(
  request: TransferRequest,
  { key, sweep, spared, suspectSince }: Pick<Known, 'key' | 'sweep' | 'spared' | 'suspectSince'>,
): Common {
  const { dryRun, retries } = request;
  const tag = `.difpipe-${key.slice(0, 12)}-`;
  return {
    ...commonToLook(request),
    dryRun,
    verbose: request.verbose || dryRun,
    retries,
    tag,
    ownTag: `${tag}${randomHex(6)}-`,
    sweep,
    spared,
    suspectSince,
  };
}

/** A name that may be used to try out what a disk can hold; undefined: nothing is to be made. */
export function trialOf({ dryRun, ownTag }: Common): Buffer | undefined {
  return dryRun ? undefined : Buffer.from(`${ownTag}trial`);
}
