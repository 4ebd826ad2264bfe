/** Whether two names at the destination are names of one file, as surely as it can be told there. */
import type { Entry, FileEntry } from '../../../store/entry.ts';
import type { RelativePath } from '../../../store/path.ts';
import type { Store } from '../../../store/store.ts';
import type { Lane } from '../lane.ts';
import { sameTime } from '../metadata/clock.ts';
import { holdsSame } from './content.ts';

export type Both = {
  readonly wanted: Entry | undefined;
  readonly present: Entry | undefined;
  /** undefined: nobody told */
  readonly areOne: boolean | undefined;
};

/**
 * What each is; where looking does not tell which files they are, programs there are asked at once. Without `member` it
 * is not asked about.
 */
export async function lookAtBoth(
  { setup: { dest }, signal }: Lane,
  leader: RelativePath,
  member: RelativePath | undefined,
): Promise<Both> {
  const names = member ? [leader, member] : [];
  const [wanted, present, ...files] = await Promise.all([
    dest.stat(leader, signal),
    member && dest.stat(member, signal),
    ...(dest.linkOf ? names.map((path) => dest.linkOf!({ path }, signal)) : []),
  ]);
  return { wanted, present, areOne: present && wanted && areOne(dest, wanted, present, files) };
}

function areOne(
  { linkOf, tellsLinks }: Store,
  wanted: Entry,
  present: Entry,
  files: readonly (string | undefined)[],
): boolean | undefined {
  if (isOne(wanted, present)) return true;
  if (linkOf) return files[0] !== undefined && files[0] === files[1];
  return wanted.changedNs !== undefined || tellsLinks ? false : undefined;
}

/** Where nobody tells, what looks the same is taken for one; where contents are compared, what holds what `source` does. */
export async function isJoined(
  lane: Lane,
  { wanted, present, areOne }: Both,
  source: () => Promise<Entry | undefined>,
): Promise<boolean> {
  if (areOne !== undefined) return areOne;
  if (!isFile(wanted) || !isFile(present) || !isAlike(wanted, present, lane)) return false;
  if (!lane.setup.checksum) return true;
  const file = await source();
  return isFile(file) && holdsSame(lane, file, present);
}

export function isOne(a: Entry, b: Entry): boolean {
  return isFile(a) && isFile(b) && a.linked !== undefined && a.linked === b.linked;
}

export function isAlike(a: Entry, b: Entry, { setup }: Lane): boolean {
  return isFile(a) && isFile(b) && a.size === b.size && sameTime(a, b, setup);
}

function isFile(entry: Entry | undefined): entry is FileEntry {
  return entry?.kind === 'file';
}
