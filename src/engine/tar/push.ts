/** Batches of small entries from this disk to a place with a shell: packed here, unpacked there by its tar. */
import type { Batches, Carried } from '../../store/batch.ts';
import type { BatchHow, FarPlace } from './far-place.ts';
import { deliverBatch } from './host/deliver.ts';
import type { Layout } from './host/layout.ts';
import { takerOn } from './host/taker.ts';
import { keepsFirstTimes, makesLinksLate } from './host/takes.ts';
import { Outgoing } from './pack/outgoing.ts';
import { Sources } from './pack/sources.ts';
import { batchesTo, type Sending } from './to-host.ts';

/** `root` is the source. */
export function createPush(root: Uint8Array, to: FarPlace, how: BatchHow): Batches {
  return batchesTo(to, how, (layout, sending, signal) => push(layout, { root, to, how, ...sending }, signal));
}

type Pushing = Sending & { readonly root: Uint8Array; readonly to: FarPlace; readonly how: BatchHow };

async function push(layout: Layout, pushing: Pushing, signal: AbortSignal): Promise<Carried> {
  const { root, to, how, stage, moved } = pushing;
  using sources = new Sources(root);
  const linksLate = makesLinksLate(to.tools);
  const taker = takerOn(to.tools, how.keep);
  const noneAhead = keepsFirstTimes(to.tools);
  const { keep, retries, umask } = how;
  const packing = { keep, umask, retries, taker, noneAhead };
  const outgoing = new Outgoing(layout, sources, { ...packing, stage, linksLate });
  const input = outgoing.stream(moved);
  return await deliverBatch(layout, to, { input, stage, how, sent: outgoing }, signal);
}
