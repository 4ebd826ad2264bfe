/** What is known of a transfer before its places are opened, by a glimpse at a source on this machine. */
import type { Location } from '../location/location.ts';
import type { TransferRequest } from '../request.ts';
import { type Glimpse, glimpse, isTree } from '../store/local/probe/glimpse.ts';
import type { OpenHow } from '../store/open.ts';

/**
 * Whether it is worth several connections to a place from the beginning, and how fast each is to be made before: looked at
 * once, when somebody asks.
 */
export function foresee(
  from: Location,
  place: Location,
  { dryRun, bytesPerSecond }: Pick<TransferRequest, 'dryRun' | 'bytesPerSecond'>,
): Required<Pick<OpenHow, 'movesMuch' | 'warmBytes'>> {
  if (dryRun || place.kind !== 'ssh') return { movesMuch: () => 'no', warmBytes: () => 0 };
  if (from.kind !== 'local') return { movesMuch: () => 'maybe', warmBytes: () => 0 };
  let seen: Glimpse | undefined;
  const look = () => {
    seen ??= glimpse(from.path);
    return seen;
  };
  return {
    movesMuch: () => (look().isMuch ? 'yes' : 'no'),
    warmBytes: () =>
      bytesPerSecond === undefined ? Math.min(mostWarmBytes, Math.floor(look().bytes / warmShare)) : 0,
  };
}

const mostWarmBytes = 1024 * 1024;
const warmShare = 32; // on each of eight connections: a quarter of what is known to go there

/** Whether the destination is going to be a directory, as far as is known before it is looked at. */
export function makesTree(from: Location, { dryRun }: Pick<TransferRequest, 'dryRun'>): boolean {
  return !dryRun && from.kind === 'local' && isTree(from.path);
}
