/** What the tar of a host makes of a batch: which entries it can be given, and in which order. */
import type { Preserve } from '../../../request.ts';
import type { Batches } from '../../../store/batch.ts';
import { setIds } from '../../../store/entry.ts';
import { settles, takesFor } from '../can-carry.ts';
import { type FarTools, tarOf } from './probe.ts';

/**
 * Whether its tar makes links when all else is done, so that directories lose their times. Then all new ones go once
 * more, as a tar in the member `lateMember`.
 */
export function makesLinksLate(tools: FarTools): boolean {
  return !tarOf(tools).pax;
}

/** What can go there in a batch, and what of it arrives bare: symlinks, of a tar that knows neither their owner nor their time. */
export function receives(tools: FarTools, keep: Preserve): Pick<Batches, 'takes' | 'settles' | 'isBare'> {
  const { pax } = tarOf(tools);
  const isExact = givesModes(tools);
  return {
    takes: (entry, replaced) =>
      takesFor(keep)(entry, replaced) &&
      (isExact || entry.kind !== 'file' || ((entry.mode ?? 0) & setIds) === 0),
    settles: (directory) => isExact && settles(directory),
    isBare: ({ kind }) => kind === 'symlink' && !pax,
  };
}

/**
 * Whether its tar gives each mode. That of busybox leaves that to the umask for a user who is not root, takes from a file what
 * makes it run as him, and leaves a directory that is there as it is.
 */
export function givesModes(tools: FarTools): boolean {
  return tools.uid === 0 || tarOf(tools).pax;
}

/**
 * Whether its tar, as libarchive does, gives a directory at its end the time that came first for it, so that none may
 * go ahead of what is in it.
 */
export function keepsFirstTimes(tools: FarTools): boolean {
  const { pax, paxOptions } = tarOf(tools);
  return pax && !paxOptions;
}
