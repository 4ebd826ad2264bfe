/**
 * Carries one Part: runs rsync on its names, again where that may help, and says of each entry what became of it. What
 * rsync complains of is looked at once more: only what it would still do has failed.
 */
import { TransferError, takesNoMore } from '../../errors.ts';
import { goAgain } from './go-again.ts';
import type { Hand } from './hand.ts';
import { narrow } from './narrow.ts';
import { Part } from './part/part.ts';
import type { Run } from './run-part.ts';
import { type Tried, tried } from './tries.ts';
import type { Blame, Fault } from './verdict/blame.ts';
import { say, sayAround } from './verdict/say.ts';

export async function carry(hand: Hand, part: Part): Promise<void> {
  if (part.isEmpty) return;
  const behind = await settle(hand, part, await tried(hand, part));
  await narrow(hand, part);
  await carry(hand, behind);
}

/** Answers what is still to go: of names that it was to link to one that failed rsync says nothing. */
async function settle(hand: Hand, part: Part, { run, blamed }: Tried): Promise<Part> {
  const full = blamed && fullIn(blamed);
  const behind = behindFailed(part, run, full ? undefined : blamed);
  for (const [key, entry] of part.entries) {
    const fault = blamed?.of.get(key);
    if (behind.entries.has(key)) continue;
    if (run.leftOut.has(key)) hand.ledger.notice('special');
    else if (!full || fault === undefined)
      say(hand, entry, run.items.get(key), { fault, isForeign: blamed?.isForeign(key) ?? false });
  }
  if (full) {
    hand.failed(part.first, new TransferError(full.kind, full.message));
    return behind;
  }
  for (const fault of blamed?.others ?? []) hand.ledger.failed({ ...fault, path: part.first });
  hand.ledger.lost({ ...blamed?.lost });
  sayAround(hand, part, run, blamed);
  if (!hand.crewed.setup.dryRun) await goAgain(hand, part, { run, blamed });
  return behind;
}

function behindFailed({ entries, groups }: Part, { items }: Run, blamed: Blame | undefined): Part {
  const failed = (key: string) => (blamed?.of.get(key) ?? 'lost') !== 'lost';
  const left = groups.filter((keys) => keys.some(failed)).map((keys) => keys.filter((key) => !failed(key)));
  const behind = new Part({ groups: left });
  for (const key of left.flat()) if (entries.has(key) && !items.has(key)) behind.add(entries.get(key)!);
  return behind;
}

/** What no entry is to be blamed for: the Part is to be done again when somebody has seen to the disk. */
function fullIn({ of, others }: Blame): Fault | undefined {
  const faults = [...of.values(), ...others].filter((fault) => fault !== 'lost');
  return faults.find(({ kind }) => takesNoMore(kind));
}
