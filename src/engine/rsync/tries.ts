/** Runs of rsync for one Part: again where that may help, and once more, dry, where it complained. */
import { isKind } from '../../errors.ts';
import { Patience } from '../../work/retry.ts';
import type { Hand } from './hand.ts';
import type { Part } from './part/part.ts';
import { type Run, runPart } from './run-part.ts';
import { type Blame, blame } from './verdict/blame.ts';
import { differs } from './verdict/differs.ts';
import { verdictOn } from './verdict/verdict.ts';

const waits = { waitMs: 1000, mostWaitMs: 30_000, withinMs: Number.POSITIVE_INFINITY };

/** What no other Part would be spared. */
export const hopeless = ['usage', 'unsupported'] as const;

export type Tried = {
  readonly run: Run;
  /** undefined where rsync had nothing to complain of */
  readonly blamed: Blame | undefined;
};

/** Throws what nothing comes of, when all of the Part is said to have failed of it. */
export async function tried(hand: Hand, part: Part): Promise<Tried> {
  try {
    const run = await ensured(hand, part);
    return { run, blamed: run.ended.code === 0 ? undefined : await blameFor(hand, part, run) };
  } catch (error) {
    hand.signal.throwIfAborted();
    if (!isKind(error, ...hopeless)) failAll(hand, part, error);
    throw error;
  }
}

/** Each is named, or who retries what failed would leave the others out: but for what ends the run, which does them again. */
function failAll(hand: Hand, part: Part, error: unknown): void {
  if (part.entries.size === 0) return hand.failed(part.first, error);
  for (const { path } of part.entries.values()) hand.failed(path, error);
}

/** Tries again what may pass; what was done by a try that failed counts. */
async function ensured(hand: Hand, part: Part): Promise<Run> {
  const { retries } = hand.crewed.setup;
  const patience = new Patience({ ...waits, tries: retries }, hand.signal);
  const items: Run['items'] = new Map();
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
async function once(hand: Hand, part: Part, items: Run['items']): Promise<Run> {
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

const nothing: Run = { ended: { code: 0, complaints: [] }, items: new Map(), leftOut: new Set() };

/** A dry run says of all what it would do, and complains of what it would not. */
async function blameFor(hand: Hand, part: Part, run: Run): Promise<Blame> {
  if (hand.crewed.setup.dryRun) return blame(part, run, nothing);
  const still = await runPart(hand, part, { isTrial: true, items: new Map() });
  return blame(part, run, still);
}
