/** Files that changed while rsync read them. */
import { changedFault } from '../../conduct/faults/changed.ts';
import type { Entry, FileEntry } from '../../store/entry.ts';
import { each } from '../../work/each.ts';
import { pathKey } from '../../work/posix/path.ts';
import type { Hand } from './hand.ts';
import { Part } from './part/part.ts';
import { type Tried, tried } from './tries.ts';
import type { Blame } from './verdict/blame.ts';

const statsAtOnce = 32;

/** What was not the same before and after it was read goes again. */
export async function goAgain(hand: Hand, part: Part, { run, blamed }: Tried): Promise<void> {
  let sent = [...run.items.keys()].filter((key) => !blamed?.of.has(key));
  for (let tries = hand.crewed.setup.retries; ; tries--) {
    const changed = await changedOf(hand, part, sent);
    if (changed.size === 0) return;
    if (tries <= 0) {
      for (const { path } of changed.values()) hand.ledger.failed(changedFault(path));
      return;
    }
    const again = new Part();
    for (const [key, entry] of changed) {
      again.add(entry);
      part.entries.set(key, entry);
    }
    const late = await tried(hand, again);
    if (late.blamed) return settleLate(hand, again, late.blamed);
    sent = [...again.entries.keys()];
  }
}

/** It changed, and then it failed. */
function settleLate(hand: Hand, part: Part, { of, others }: Blame): void {
  for (const [key, fault] of of)
    if (fault !== 'lost') hand.ledger.failed({ ...fault, path: part.entries.get(key)!.path });
  for (const fault of others) hand.ledger.failed({ ...fault, path: part.first });
}

/** Files that are there still, and look different by now. */
async function changedOf(hand: Hand, part: Part, keys: readonly string[]): Promise<Map<string, FileEntry>> {
  const changed = new Map<string, FileEntry>();
  const files = keys.map((key) => part.entries.get(key)).filter((entry) => entry?.kind === 'file');
  await each(statsAtOnce, files as FileEntry[], hand.signal, async (file) => {
    const now = await lookedAt(hand, file);
    if (now?.kind === 'file' && !isSame(file, now)) changed.set(pathKey(file.path), now);
  });
  return changed;
}

/** What cannot be looked at has failed, whatever came of the others. */
async function lookedAt(hand: Hand, { path }: FileEntry): Promise<Entry | undefined> {
  try {
    return await hand.crewed.setup.source.stat(path, hand.signal);
  } catch (error) {
    hand.signal.throwIfAborted();
    hand.failed(path, error);
    return undefined;
  }
}

function isSame(a: FileEntry, b: FileEntry): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.print === b.print;
}
