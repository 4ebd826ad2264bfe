/** What is known of a transfer before its places are opened, by a glimpse at a source on this machine. */
import type { Location } from '../location/location.ts';
import type { TransferRequest } from '../request.ts';
import { isMuch, isTree } from '../store/local/probe/glimpse.ts';
import type { OpenHow } from '../store/open.ts';

/** Whether it is worth several connections to a place from the beginning: looked at once, when somebody asks. */
export function movesMuch(
  from: Location,
  place: Location,
  { dryRun }: Pick<TransferRequest, 'dryRun'>,
): OpenHow['movesMuch'] {
  if (dryRun || place.kind !== 'ssh') return () => 'no';
  if (from.kind !== 'local') return () => 'maybe';
  let much: 'yes' | 'no' | undefined;
  return () => {
    much ??= isMuch(from.path) ? 'yes' : 'no';
    return much;
  };
}

/** Whether the destination is going to be a directory, as far as is known before it is looked at. */
export function makesTree(from: Location, { dryRun }: Pick<TransferRequest, 'dryRun'>): boolean {
  return !dryRun && from.kind === 'local' && isTree(from.path);
}
