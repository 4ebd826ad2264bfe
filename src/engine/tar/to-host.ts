/** Batches that a host with a shell takes: each under a stage of its own there, sent again as long as that may help. */
import type { Batches, Carried } from '../../store/batch.ts';
import type { BatchHow, FarPlace } from './far-place.ts';
import { type Layout, layOut } from './host/layout.ts';
import { sendAgain, stages, sweepAway } from './host/send-again.ts';
import { receives } from './host/takes.ts';

/** Where one batch goes, and who is told what of it was sent. */
export type Sending = { readonly stage: string; readonly moved: (bytes: number) => Promise<void> };

type Send = (layout: Layout, sending: Sending, signal: AbortSignal) => Promise<Carried>;

/** `send` brings one there. */
export function batchesTo(to: FarPlace, how: BatchHow, send: Send): Batches {
  const newStage = stages(how.ownTag);
  return {
    ...receives(to.tools, how.keep),
    carry: async (load, moved, signal) => {
      const layout = layOut(load);
      return sendAgain((stage) => send(layout, { stage, moved }, signal), newStage, to, how, signal);
    },
    sweep: (signal) => sweepAway(to, how.tag, how.ownTag, signal),
  };
}
