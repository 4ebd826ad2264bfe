/**
 * Carries one Part: runs rsync on its names, again where that may help, and says of each entry what became of it. What
 * rsync complains of is looked at once more: only what it would still do has failed.
 */
import { changedFault } from '../../conduct/faults/changed.ts';
import { isKind, TransferError, takesNoMore } from '../../errors.ts';
import type { Action } from '../../report/events.ts';
import type { Entry, FileEntry } from '../../store/entry.ts';
import { each } from '../../work/each.ts';
import { pathKey } from '../../work/posix/path.ts';
import { Patience } from '../../work/retry.ts';
import type { Hand } from './hand.ts';
import { narrow } from './narrow.ts';
import { Part } from './part/part.ts';
import type { Item } from './program/item.ts';
import { type Run, runPart } from './run-part.ts';
import { type RsyncSetup, sendsChanges } from './setup.ts';
import { type Blame, blame, type Fault } from './verdict/blame.ts';
import { differs } from './verdict/differs.ts';
import { remedyFor } from './verdict/remedy.ts';
import { verdictOn } from './verdict/verdict.ts';

const patience = { waitMs: 1000, mostWaitMs: 30_000, withinMs: Number.POSITIVE_INFINITY };
const statsAtOnce = 32;

/** What no other Part would be spared. */
export const hopeless = ['usage', 'unsupported'] as const;

export async function carry(hand: Hand, part: Part): Promise<void> {
  if (part.isEmpty) return;
  const { retries } = hand.crewed.setup;
  try {
    const done = await ensured(hand, part, new Patience({ ...patience, tries: retries }, hand.signal));
    const behind = await settle(hand, part, done);
    await narrow(hand, part);
    await carry(hand, behind);
  } catch (error) {
    hand.signal.throwIfAborted();
    if (!isKind(error, ...hopeless)) hand.failed(firstOf(part), error);
    throw error;
  }
}

/** Tries again what may pass; what was done by a try that failed counts. */
async function ensured(hand: Hand, part: Part, patience: Patience): Promise<Run> {
  const items = new Map<string, Item>();
  for (;;) {
    try {
      const run = await once(hand, part, items);
      const error = verdictOn(run.ended);
      if (!error) return run;
      throw error;
    } catch (error) {
      await patience.wait(error);
    }
  }
}

/** Room is made only where something is to be written. */
async function once(hand: Hand, part: Part, items: Map<string, Item>): Promise<Run> {
  const { room, setup } = hand.crewed;
  if (setup.dryRun) return runPart(hand, part, { isTrial: true, items });
  if (setup.sweep) hand.wrote(); // what is found done may not be durable
  if (!setup.rootIsNew && (await mayBeSame(hand, part))) {
    const trial = await runPart(hand, part, { isTrial: true, items: new Map() });
    if (trial.items.size === 0 && trial.ended.code === 0) return trial;
  }
  await room.make(hand.signal);
  hand.wrote();
  return runPart(hand, part, { isTrial: false, items });
}

async function mayBeSame({ crewed: { room, setup }, signal }: Hand, part: Part): Promise<boolean> {
  const [wasThere, isOther] = await Promise.all([room.sweep(signal), differs(part, setup, signal)]);
  return !wasThere && !room.isThere && !isOther;
}

/** Answers what is still to go: of names that it was to link to one that failed rsync says nothing. */
async function settle(hand: Hand, part: Part, run: Run): Promise<Part> {
  const blamed = run.ended.code === 0 ? undefined : await blameFor(hand, part, run);
  const full = blamed && fullIn(blamed);
  const behind = behindFailed(part, run, full ? undefined : blamed);
  for (const [key, entry] of part.entries) {
    const fault = blamed?.of.get(key);
    if (behind.entries.has(key)) continue;
    if (run.leftOut.has(key)) hand.ledger.notice('special');
    else if (!full || fault === undefined) say(hand, entry, run.items.get(key), fault);
  }
  if (full) {
    hand.failed(firstOf(part), new TransferError(full.kind, full.message));
    return behind;
  }
  for (const fault of blamed?.others ?? []) hand.ledger.failed({ ...fault, path: firstOf(part) });
  hand.ledger.lost({ ...blamed?.lost });
  sayAround(hand, part, run);
  if (!hand.crewed.setup.dryRun) await settleChanged(hand, part, run, blamed);
  return behind;
}

const nothing: Run = { ended: { code: 0, complaints: [] }, items: new Map(), leftOut: new Set() };

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

/** A dry run says of all what it would do, and complains of what it would not. */
async function blameFor(hand: Hand, part: Part, run: Run): Promise<Blame> {
  if (hand.crewed.setup.dryRun) return blame(part, run, nothing);
  const still = await runPart(hand, part, { isTrial: true, items: new Map() });
  return blame(part, run, still);
}

function say(
  { ledger, crewed }: Hand,
  entry: Entry,
  item: Item | undefined,
  fault: Fault | 'lost' | undefined,
): void {
  if (fault && fault !== 'lost')
    return ledger.failed({ ...fault, path: entry.path, ...remedyFor(crewed.setup, fault, entry.path) });
  if (isGiven(entry, crewed.setup)) ledger.notice('owner');
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
function sayAround({ ledger, crewed }: Hand, part: Part, { items }: Run): void {
  const { dryRun, rootIsNew } = crewed.setup;
  const root = items.get('');
  if (part.root && root && !rootIsNew) ledger.did('repair', () => part.root!.path, 0);
  if ((dryRun || rootIsNew) && !part.isListed) return;
  for (const { path, isNew, kind } of items.values())
    if (isNew && kind === 'directory' && path !== '' && !part.entries.has(path))
      ledger.did('make', () => Buffer.from(path, 'latin1'), 0);
}

/** What was not the same before and after it was read goes again. */
async function settleChanged(hand: Hand, part: Part, run: Run, blamed: Blame | undefined): Promise<void> {
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
    const patient = new Patience({ ...patience, tries: hand.crewed.setup.retries }, hand.signal);
    const late = await ensured(hand, again, patient);
    if (late.ended.code !== 0) return settleLate(hand, again, late);
    sent = [...again.entries.keys()];
  }
}

/** It changed, and then it failed. */
async function settleLate(hand: Hand, part: Part, run: Run): Promise<void> {
  const { of, others } = await blameFor(hand, part, run);
  for (const [key, fault] of of)
    if (fault !== 'lost') hand.ledger.failed({ ...fault, path: part.entries.get(key)!.path });
  for (const fault of others) hand.ledger.failed({ ...fault, path: firstOf(part) });
}

/** Files that are there still, and look different by now. */
async function changedOf(hand: Hand, part: Part, keys: readonly string[]): Promise<Map<string, FileEntry>> {
  const changed = new Map<string, FileEntry>();
  const files = keys.map((key) => part.entries.get(key)).filter((entry) => entry?.kind === 'file');
  await each(statsAtOnce, files as FileEntry[], hand.signal, async (file) => {
    const now = await hand.crewed.setup.source.stat(file.path, hand.signal);
    if (now?.kind === 'file' && !isSame(file, now)) changed.set(pathKey(file.path), now);
  });
  return changed;
}

function isSame(a: FileEntry, b: FileEntry): boolean {
  return a.size === b.size && a.mtimeNs === b.mtimeNs && a.print === b.print;
}

function firstOf(part: Part): Uint8Array {
  const [first] = part.entries.values();
  return first?.path ?? new Uint8Array(0);
}
