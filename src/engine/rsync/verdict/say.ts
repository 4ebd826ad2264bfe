/** What became of the entries of a Part, told to the ledger. */
import type { Action } from '../../../report/events.ts';
import type { Entry } from '../../../store/entry.ts';
import type { Hand } from '../hand.ts';
import type { Part } from '../part/part.ts';
import type { Item } from '../program/item.ts';
import type { Run } from '../run-part.ts';
import { type RsyncSetup, sendsChanges } from '../setup.ts';
import type { Blame, Fault } from './blame.ts';
import { remedyFor } from './remedy.ts';

/** What became of an entry. */
export function say(
  { ledger, crewed }: Hand,
  entry: Entry,
  item: Item | undefined,
  { fault, isForeign }: { readonly fault: Fault | 'lost' | undefined; readonly isForeign: boolean },
): void {
  if (fault && fault !== 'lost')
    return ledger.failed({ ...fault, path: entry.path, ...remedyFor(crewed.setup, fault, entry.path) });
  if (!isForeign && isGiven(entry, crewed.setup)) ledger.notice('owner');
  if (isMadeNew(entry, crewed.setup)) return ledger.did('make', () => entry.path, 0);
  const bytes = entry.kind === 'file' ? entry.size : 0;
  const isDone = item !== undefined && !(fault === 'lost' && item.action === 'repair');
  if (isDone && item.action === 'update' && sendsChanges(crewed.setup)) ledger.merged(bytes);
  else if (isDone && moves(item.action) && entry.kind === 'file') ledger.hollow(bytes, entry.allocated);
  if (isDone) return ledger.did(item.action, () => entry.path, moves(item.action) ? bytes : 0);
  if (fault !== 'lost' && entry.kind !== 'directory') ledger.skipped(bytes);
}

/** Whoever comes first makes it, and it counts where it was found. */
function isMadeNew({ kind }: Entry, { rootIsNew, dryRun }: RsyncSetup): boolean {
  return kind === 'directory' && rootIsNew && !dryRun;
}

/** Another user's, or meant for one, where only root could make it his. */
function isGiven({ owner }: Entry, { keep, tools, options }: RsyncSetup): boolean {
  if (tools.uid === 0) return false;
  if (options.some((option) => /^--(usermap=|chown=[^:])/.test(option))) return true;
  return keep.owner && owner !== undefined && owner.uid !== tools.uid;
}

function moves(action: Action): boolean {
  return action === 'copy' || action === 'update';
}

/** Directories above the entries: made by whoever came first, for a list, or the source itself. */
export function sayAround(
  { ledger, crewed }: Hand,
  part: Part,
  { items }: Run,
  blamed: Blame | undefined,
): void {
  const { dryRun, rootIsNew } = crewed.setup;
  const root = items.get('');
  if (part.root && root && !rootIsNew && !blamed?.of.has('')) ledger.did('repair', () => part.root!.path, 0);
  if ((dryRun || rootIsNew) && !part.isListed) return;
  for (const { path, isNew, kind } of items.values())
    if (isNew && kind === 'directory' && path !== '' && !part.entries.has(path))
      ledger.did('make', () => Buffer.from(path, 'latin1'), 0);
}
