/** New trees of this disk to a place with a shell: another thread walks and packs them, this one sends. */

import type { CarryTrees } from '../../conduct/carry-trees.ts';
import type { Outcome } from '../../conduct/jobs.ts';
import { isKind } from '../../errors.ts';
import { isLong } from '../../plan/route.ts';
import type { Rule } from '../../profile/filter.ts';
import type { UnkeptAttributes } from '../../store/entry.ts';
import { itself, type RelativePath } from '../../store/path.ts';
import type { ReadyWorker } from '../../work/ready-worker.ts';
import { createTurns } from '../../work/turns.ts';
import type { BatchHow, FarPlace } from './far-place.ts';
import { deliver } from './host/deliver.ts';
import { sendAgain, stages } from './host/send-again.ts';
import { keepsFirstTimes, makesLinksLate } from './host/takes.ts';
import { PackThread } from './pack/pack-thread.ts';

/** What makes a batch, and how many are under way at a time. */
const most = { entries: 20_000, bytes: 64 * 1024 * 1024 };
const atOnce = { near: 4, far: 12 } as const;
/** On a long line one stream is slow: while others have nothing to do a batch is small, but not for ever. */
const ordersForOneMore = 4;

export type TreesHow = BatchHow & {
  readonly rules: readonly Rule[];
  readonly verbose: boolean;
  readonly inlineBytes: number;
  /** a thread that was started for it */
  readonly worker: ReadyWorker | undefined;
};

/** Undefined where the tar there needs more than one pass. */
export function createPushTrees(
  root: Uint8Array,
  to: FarPlace,
  how: TreesHow,
): (AsyncDisposable & { readonly carry: CarryTrees }) | undefined {
  if (makesLinksLate(to.tools) || (to.tools.uid !== 0 && how.keep.owner)) return undefined;
  const { keep, umask, retries, rules, verbose, tag, inlineBytes } = how;
  const noneAhead = keepsFirstTimes(to.tools);
  const packing = { keep, umask, retries, noneAhead, verbose, tag, inlineBytes };
  const thread = new PackThread({ root, rules, how: packing }, how.worker);
  const newStage = stages(`${how.ownTag}t`);
  const isFar = isLong(to);
  const streams = atOnce[isFar ? 'far' : 'near'];
  const turns = createTurns(streams);
  let orders = 0;
  const amid = () => (isFar ? Math.max(1, streams - Math.floor(orders / ordersForOneMore)) : 1);
  const carry: CarryTrees = async (bundle, id, moved, signal) => {
    using _turn = await turns(signal);
    using _batch = thread.begins();
    const act = async (stage: string) => {
      let outcome: Outcome | undefined;
      const order = { id: ++orders, bundle, stage, most, amid: amid() };
      const input = async function* () {
        for await (const piece of thread.pack(order)) {
          if ('out' in piece) outcome = { ...piece.out, id };
          else yield piece.chunk;
          await moved(piece.bytes, piece.entries);
        }
      };
      const dirs = [itself, bundle.dir as RelativePath];
      const delivery = { input: input(), stage, dirs, keep, durable: false };
      const { unreceived, unkept } = await deliver(to, delivery, signal);
      return unreceived.length === 0 ? outcome && withLost(outcome, unkept) : undefined;
    };
    try {
      return await sendAgain(act, newStage, to, how, signal);
    } catch (error) {
      signal.throwIfAborted();
      if (isKind(error, 'transient', 'full')) throw error;
      return undefined;
    }
  };
  return { carry, [Symbol.asyncDispose]: () => thread[Symbol.asyncDispose]() };
}

function withLost(outcome: Outcome, unkept: UnkeptAttributes): Outcome {
  const { notices } = outcome;
  for (const topic of ['xattr', 'acl'] as const)
    if (unkept[topic] > 0) notices[topic] = (notices[topic] ?? 0) + unkept[topic];
  return outcome;
}
