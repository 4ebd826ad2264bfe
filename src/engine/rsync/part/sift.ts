/** What of the entries of the source rsync is not given: it is said, or left to who joins names. */
import { intoItself } from '../../../conduct/faults/into-itself.ts';
import { ownName } from '../../../conduct/faults/own-name.ts';
import { linkKeyOf } from '../../../conduct/links/link-key.ts';
import type { DirectoryEntry, Entry } from '../../../store/entry.ts';
import { splitPath } from '../../../store/path.ts';
import { whyUnsized } from '../../../store/unsized.ts';
import { pathKey } from '../../../work/posix/path.ts';
import type { Hand } from '../hand.ts';
import { isTooLong, tooLong } from './long-path.ts';

/** Whether the rules leave it out, or it cannot be carried. */
export function isLeftOut(hand: Hand, entry: Entry): boolean {
  const { crewed, ledger } = hand;
  const isExcluded = crewed.excluded?.(pathKey(entry.path), entry.kind === 'directory');
  const why = isTooLong(entry, crewed.setup) ? tooLong(entry) : whyUnsized(entry);
  if (isExcluded) ledger.notice('excluded');
  else if (why) hand.failed(entry.path, why);
  return isExcluded || why !== undefined;
}

/** Whether it is the destination itself. */
export function isDest({ crewed, ledger }: Hand, { path, file }: DirectoryEntry): boolean {
  if (file === undefined || file !== crewed.destFile) return false;
  ledger.failed({ path, ...intoItself });
  return true;
}

/** A source name that looks like one of ours at the destination: never written, always said. */
export function isOurs({ crewed, ledger }: Hand, { path }: Entry): boolean {
  if (!pathKey(splitPath(path).name).startsWith(crewed.setup.tag)) return false;
  ledger.failed({ path, ...ownName });
  return true;
}

/** A FIFO, socket or device that nobody wants. */
export function isUnwanted({ crewed, ledger }: Hand, { kind }: Entry): boolean {
  if (kind === 'file' || kind === 'symlink' || crewed.setup.keep.specials) return false;
  ledger.notice('special');
  return true;
}

/** Names that share one file are joined when all are known. */
export function isLinked({ crewed, ledger }: Hand, entry: Entry): boolean {
  const { keep, single } = crewed.setup;
  if (entry.kind === 'directory' || entry.linked === undefined) return false;
  if (!keep.hardlinks || single) return false;
  ledger.out.links.push({ ...linkKeyOf(entry.linked), ...splitPath(entry.path) });
  return true;
}
