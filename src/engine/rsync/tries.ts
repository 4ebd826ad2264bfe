/** Runs of rsync for one Part: again where that may help, and once more, dry, where it complained. */
import { Patience } from '../../work/retry.ts';
import type { Hand } from './hand.ts';
import type { Part } from './part/part.ts';
import type { Item } from './program/item.ts';
import { type Run, runPart } from './run-part.ts';
import { type Blame, blame } from './verdict/blame.ts';
import { differs } from './verdict/differs.ts';
import { verdictOn } from './verdict/verdict.ts';

const waits = { waitMs: 1000, mostWaitMs: 30_000, withinMs: Number.POSITIVE_INFINITY };

/** Tries again what may pass; what was done by a try that failed counts. */
export async function ensured(hand: Hand, part: Part): Promise<Run> {
  const { retries } = hand.crewed.setup;
  const patience = new Patience({ ...waits, tries: retries }, hand.signal);
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

const nothing: Run = { ended: { code: 0, complaints: [] }, items: new Map(), leftOut: new Set() };

/** A dry run says of all what it would do, and complains of what it would not. */
export async function blameFor(hand: Hand, part: Part, run: Run): Promise<Blame> {
  if (hand.crewed.setup.dryRun) return blame(part, run, nothing);
  const still = await runPart(hand, part, { isTrial: true, items: new Map() });
  return blame(part, run, still);
}
