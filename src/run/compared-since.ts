/** Since when attributes may have changed that no run compared, by what the Journal knows of the runs before. */
import type { Journal } from '../journal/journal.ts';
import type { RunRow } from '../journal/types.ts';
import type { TransferRequest } from '../request.ts';
import { kindOfScope } from './scope.ts';
import { coarseNs } from './unsettled.ts';

/**
 * ns since 1970, of a run that was begun. Since the last one began that went through and compared those of the same entries;
 * where none did, since the first one began that set out to. 0 where none was before it, for to compare all takes several times as
 * long as the rest: who asks for contents to be compared has them compared, too, whenever they changed, which is 1.
 */
export function comparedSince(journal: Journal, request: TransferRequest, run: string): bigint {
  if (request.checksum) return 1n;
  const before = journal.runs().filter((one) => one.id !== run && comparesAlike(one, request));
  const since = before.find(({ state }) => state === 'done') ?? before.at(-1);
  if (!since) return 0n;
  if (since.startedMs > Date.now()) return 1n; // a clock that was set back says nothing of when it was
  return BigInt(since.startedMs) * 1_000_000n - coarseNs;
}

function comparesAlike({ settings }: RunRow, request: TransferRequest): boolean {
  const then = JSON.parse(settings) as TransferRequest;
  if (then.strategy === 'parallel' || kindOfScope(then) !== kindOfScope(request)) return false;
  return (['xattrs', 'acls'] as const).every((kind) => then.preserve[kind] || !request.preserve[kind]);
}
