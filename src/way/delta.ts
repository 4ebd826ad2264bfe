/** How large files that changed in place go between two places, where one of them is behind SSH. */

import { createDelta } from '../engine/rsync/delta.ts';
import type { RsyncSetup } from '../engine/rsync/setup.ts';
import { isKind } from '../errors.ts';
import { isLong } from '../plan/route.ts';
import type { TransferRequest } from '../request.ts';
import type { Delta } from '../store/delta.ts';
import { heardLater } from '../work/heard-later.ts';
import type { Between } from './between.ts';
import type { Known } from './known.ts';
import { rsyncSetup } from './rsync-setup.ts';
import { rsyncEnds, withTools } from './rsync-tools.ts';

/** Undefined where rsync cannot go, or old states are not to be built on. Asks a far host at once what it has. */
export function deltaBetween(
  between: Between,
  request: TransferRequest,
  known: Known,
  signal: AbortSignal,
): Delta | undefined {
  if (known.deltaFrom === undefined || between.isNew || known.suspectSince > 0n) return undefined;
  const { mode, owner, times } = request.preserve;
  const far = [between.source, between.dest].find(({ kind }) => kind !== 'local');
  if (!far?.store.shell || !(mode && owner && times)) return undefined;
  let found: ReturnType<typeof lookFor> | undefined;
  const find = () => {
    found ??= heardLater(lookFor(between, request, known, signal));
    return found;
  };
  if (isLong(between)) void find(); // nearby to ask takes more than to wait, and most runs need no answer
  return createDelta(find, known.deltaFrom);
}

/** Undefined where an end has none that is safe. */
async function lookFor(
  between: Between,
  request: TransferRequest,
  known: Known,
  signal: AbortSignal,
): Promise<RsyncSetup | undefined> {
  const ends = rsyncEnds(between);
  try {
    const found = await withTools(ends, request.searchPath, signal);
    return found.tools.isOpen ? undefined : rsyncSetup(between, found, request, known);
  } catch (error) {
    if (isKind(error, 'unsupported')) return undefined;
    throw error;
  }
}
