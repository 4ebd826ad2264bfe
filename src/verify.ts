/** Compares two trees, entry by entry, and reports every difference. Changes nothing. */

import type { Outcome } from './conduct/jobs.ts';
import type { Score } from './conduct/score/score.ts';
import { survey } from './conduct/survey.ts';
import { TransferError } from './errors.ts';
import type { Places } from './location/location.ts';
import type { Means } from './means.ts';
import { firstBundles } from './profile/listed.ts';
import type { Verified } from './report/events.ts';
import type { Preserve, VerifyRequest } from './request.ts';
import { lookAtBoth } from './way/look.ts';

export type Compared = {
  readonly found: Verified;
  /** false: it was told to stop, and this is as far as it came */
  readonly isWhole: boolean;
};

/** Throws where nothing could be compared; what cannot be read is reported and counted as failed. */
export async function verify(places: Places, request: VerifyRequest, means: Means): Promise<Compared> {
  const found = { compared: 0, bytes: 0, differences: 0, failed: 0 };
  try {
    await look(places, request, { ...means, found });
    return { found, isWhole: true };
  } catch (error) {
    if (!means.control.signal.aborted || (error instanceof TransferError && error.kind !== 'stopped'))
      throw error;
    return { found, isWhole: false };
  }
}

type Looking = Means & { readonly found: { -readonly [count in keyof Verified]: number } };

/** Counts as it goes. Rejects with the stop's reason. */
async function look(
  places: Places,
  request: VerifyRequest,
  { found, report, control, open }: Looking,
): Promise<void> {
  control.signal.throwIfAborted();
  await using both = await lookAtBoth(places, request, open, control.signal);
  if (both.untold)
    report({
      type: 'warning',
      message: `${both.untold} are not compared between these places`,
      hint: 'leave them out with --no-preserve to say that they do not matter',
    });
  const check = pairing();
  const heard = ({ tally, profile, differences, pairs }: Outcome) => {
    found.compared += tally.skipped + profile.directories;
    found.bytes += tally.skippedBytes;
    found.failed += tally.failed;
    for (const difference of [...differences, ...pairs.flatMap(check)]) {
      if (request.oneWay && difference.what.includes('extra')) continue;
      found.differences++;
      report({ type: 'difference', difference });
    }
  };
  const first = firstBundles(request.filesFrom, both.single, { failed: request.failed, report });
  const descend = request.filesFrom?.kind === 'failed';
  const how = { ...both.lanes(), lanes: request.streams, first, descend };
  await survey({ kind: 'verify', ...how }, heard, report, control);
}

/** What to compare after a transfer that could not keep all: what it said already is no difference. */
export function lessLosses(keep: Preserve, notices: Score['notices']): Preserve {
  return {
    ...keep,
    mode: keep.mode && !notices.mode,
    owner: keep.owner && !notices.owner,
    times: keep.times && !notices.times,
    hardlinks: keep.hardlinks && !notices.hardlink,
    xattrs: keep.xattrs && !notices.xattr,
    acls: keep.acls && !notices.acl,
    specials: keep.specials && !notices.special,
  };
}

/** Names that share a file on one side have to share it on the other. */
function pairing() {
  const there = new Map<string, string>();
  const back = new Map<string, string>();
  return ({ source, dest, path }: Outcome['pairs'][number]) => {
    const same = (there.get(source) ?? dest) === dest && (back.get(dest) ?? source) === source;
    there.set(source, dest);
    back.set(dest, source);
    return same ? [] : [{ path, what: ['links'] }];
  };
}
