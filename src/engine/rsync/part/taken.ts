/** On a destination that does not tell upper from lower case rsync would write one of two such names over the other. */
import { type CaseGuard, collision } from '../../../conduct/faults/case-guard.ts';
import type { Entry } from '../../../store/entry.ts';
import { type RelativePath, splitPath } from '../../../store/path.ts';
import { pathKey } from '../../../work/posix/path.ts';
import type { Hand } from '../hand.ts';

/** What is in a directory that is walked: whose name another one has at the destination, or came first, is said. */
export async function takenIn(hand: Hand, dir: RelativePath): Promise<(entry: Entry) => boolean> {
  const guard = await hand.crewed.cases?.of(dir, hand.signal);
  return (entry) => guard !== undefined && isTaken(hand, entry, guard);
}

/** The same of a name of a list, of which a directory above may be another one at the destination: rejects 'refused' then. */
export async function isTakenAlone(hand: Hand, entry: Entry): Promise<boolean> {
  const { cases } = hand.crewed;
  if (!cases) return false;
  const { dir } = splitPath(entry.path);
  await cases.mustBeItself(dir, hand.signal);
  return isTaken(hand, entry, await cases.of(dir, hand.signal));
}

function isTaken({ crewed, ledger }: Hand, { path, kind }: Entry, guard: CaseGuard): boolean {
  if (crewed.excluded?.(pathKey(path), kind === 'directory')) return false; // which takes no place
  const other = guard.collides(splitPath(path).name);
  if (other !== undefined) ledger.failed({ path, ...collision(other) });
  return other !== undefined;
}
