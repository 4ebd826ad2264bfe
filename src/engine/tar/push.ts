/** Batches of small entries from this disk to a place with a shell: packed here, unpacked there by its tar. */
import type { Batches, Carried } from '../../store/batch.ts';
import { sendAgain, stages, sweepAway } from './again.ts';
import type { BatchHow, FarPlace } from './between.ts';
import { ask } from './exchange.ts';
import { type Layout, layOut, leftOf } from './layout.ts';
import { lostOn } from './lost.ts';
import { Outgoing } from './outgoing.ts';
import { makesLinksLate, receive } from './receive.ts';
import { readReceived } from './received.ts';
import { Sources } from './sources.ts';
import { settles, takes } from './takes.ts';

const chunkBytes = 256 * 1024;

/** `root` is the source. */
export function createPush(root: Uint8Array, to: FarPlace, how: BatchHow): Batches {
  const newStage = stages(how.ownTag);
  return {
    takes,
    settles,
    carry: async (load, moved, signal) => {
      const layout = layOut(load);
      return sendAgain(
        (stage) => push(layout, { root, to, how, stage, moved }, signal),
        newStage,
        to,
        how,
        signal,
      );
    },
    sweep: (signal) => sweepAway(to, how.tag, how.ownTag, signal),
  };
}

type Pushing = {
  readonly root: Uint8Array;
  readonly to: FarPlace;
  readonly how: BatchHow;
  readonly stage: string;
  readonly moved: (bytes: number) => Promise<void>;
};

async function push(layout: Layout, pushing: Pushing, signal: AbortSignal): Promise<Carried> {
  const { root, to, how, stage, moved } = pushing;
  using sources = new Sources(root);
  const linksLate = makesLinksLate(to.tools);
  const packing = { keep: how.keep, retries: how.retries, ownerNames: false, chunkBytes };
  const outgoing = new Outgoing(layout, sources, { ...packing, stage, linksLate });
  const script = receive({
    root: to.root,
    stage,
    tools: to.tools,
    numericIds: true,
    squeeze: 'none',
    durable: how.durable && layout.places.some(({ replaces }) => replaces),
  });
  const input = outgoing.stream(moved);
  const unreceived = readReceived(await ask(to.run, script, { input, squeeze: 'none' }, signal));
  const left = leftOf(layout, unreceived);
  for (const carry of outgoing.unpacked) left.add(carry);
  const failed = new Set(unreceived.map(({ place }) => layout.places[place]?.dir));
  return {
    left,
    isDressed: (dir) => outgoing.isDressed(dir) && !failed.has(dir),
    lost: lostOn(
      to.tools,
      layout.laid.flatMap(({ carry }) => (left.has(carry) ? [] : [carry])),
      how,
    ),
  };
}
