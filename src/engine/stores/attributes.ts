/** Extended attributes and ACLs, between places of which one tells them and the other takes them. */
import { differingKinds } from '../../store/attributes.ts';
import type { RelativePath } from '../../store/path.ts';
import type { Lane } from './lane.ts';
import type { StoresSetup } from './setup.ts';

/** Whether there are any to compare. */
export function areGiven({ dest, keep, source }: StoresSetup): boolean {
  const isTold = source.attributesOf && dest.attributesOf && dest.giveAttributes;
  return isTold !== undefined && (keep.xattrs || keep.acls);
}

/** Puts those of the source on what is at the destination, where they differ. Answers whether they did. */
export async function giveLike(
  { ledger, setup, signal }: Lane,
  path: RelativePath,
  target: RelativePath,
): Promise<boolean> {
  const { dest, dryRun, keep, source } = setup;
  if (!areGiven(setup) || !source.attributesOf || !dest.attributesOf || !dest.giveAttributes) return false;
  const [wanted, there] = await Promise.all([
    source.attributesOf(path, keep, signal),
    dest.attributesOf(target, keep, signal),
  ]);
  if (differingKinds(wanted, there).length === 0) return false;
  if (!dryRun) ledger.lost(await dest.giveAttributes(target, wanted, keep, signal));
  return true;
}

/**
 * For a file that was written: the same, or a word about what it has that the destination does not take. Where there are
 * batches few files go this way; where all do, the run says it once.
 */
export async function carryAttributes(lane: Lane, path: RelativePath, target: RelativePath): Promise<void> {
  const { source, dest, keep, batches } = lane.setup;
  const isAsked = batches && !dest.takeFrom && source.attributesOf && (keep.xattrs || keep.acls);
  if (!isAsked || dest.giveAttributes) return void (await giveLike(lane, path, target));
  const has = await source.attributesOf!(path, keep, lane.signal);
  for (const kind of differingKinds(has, new Map())) lane.ledger.notice(kind, 1);
}

/** What differs, where both tell. */
export async function attributesDiffering(
  { setup: { source, dest, keep }, signal }: Lane,
  path: RelativePath,
  target: RelativePath,
): Promise<('xattr' | 'acl')[]> {
  if (!source.attributesOf || !dest.attributesOf || !(keep.xattrs || keep.acls)) return [];
  const [wanted, there] = await Promise.all([
    source.attributesOf(path, keep, signal),
    dest.attributesOf(target, keep, signal),
  ]);
  return differingKinds(wanted, there);
}
