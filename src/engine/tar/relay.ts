/** Batches of small entries from one place with a shell to another, through this machine's memory. */

import { TransferError } from '../../errors.ts';
import type { Batches, Carried, Carry } from '../../store/batch.ts';
import type { RelativePath } from '../../store/path.ts';
import type { Store } from '../../store/store.ts';
import { heardLater } from '../../work/heard-later.ts';
import { pathKey } from '../../work/posix/path.ts';
import { changedOf } from './changed-since.ts';
import type { BatchHow, FarPlace } from './far-place.ts';
import { deliverBatch } from './host/deliver.ts';
import { asItIs, feed } from './host/exchange.ts';
import { bytesOf, type Layout } from './host/layout.ts';
import { noticesChanges, send, sendList } from './host/send.ts';
import { takerOn } from './host/taker.ts';
import { makesLinksLate } from './host/takes.ts';
import { Relaying } from './relaying.ts';
import { asItCame } from './squeeze/squeezing.ts';
import { Parser } from './stream/parser.ts';
import { batchesTo, type Sending } from './to-host.ts';

/** `source` is the store of the place they come from. */
export function createRelay(from: FarPlace, source: Store, to: FarPlace, how: BatchHow): Batches {
  return batchesTo(to, how, (layout, sending, signal) =>
    relay(layout, { from, source, to, how, ...sending }, signal),
  );
}

type Way = Sending & {
  readonly from: FarPlace;
  readonly source: Store;
  readonly to: FarPlace;
  readonly how: BatchHow;
};

async function relay(layout: Layout, way: Way, signal: AbortSignal): Promise<Carried> {
  const { to, how, stage } = way;
  const { keep, umask } = how;
  const taker = takerOn(to.tools, keep);
  const relaying = new Relaying(layout, stage, { keep, umask, taker });
  const input = stream(layout, relaying, way, signal);
  const sent = {
    isSent: (carry: Carry) => relaying.wasSent(carry),
    isDressed: (dir: RelativePath) => relaying.isDressed(dir),
  };
  return deliverBatch(layout, to, { input, stage, how, sent }, signal);
}

/** Throws 'changed' before its end where the source did not stay as it was: then nothing gets its name. */
async function* stream(
  layout: Layout,
  relaying: Relaying,
  { from, source, to, moved }: Way,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { squeeze, read } = (await from.squeezing?.takes(bytesOf(layout), signal)) ?? asItCame;
  const { script, args } = send({ root: from.root, tools: from.tools, squeeze });
  const dirs = new Map(layout.places.map(({ dir }) => [pathKey(dir), dir]));
  const list = sendList([...dirs.values(), ...layout.laid.map(({ carry }) => carry.entry.path)]);
  await using far = await from.run(script, args, signal, { isHeavy: true });
  const fed = heardLater(feed(far, [list], asItIs, signal));
  const parser = new Parser(relaying);
  for await (const chunk of read(far.stdout)) {
    const before = parser.dataBytes;
    parser.push(chunk);
    yield* relaying.take();
    await moved(parser.dataBytes - before);
  }
  await fed;
  parser.finish();
  const { code } = await far.ended;
  if (code !== 0 || !noticesChanges(from.tools)) await refuseChanged(layout, source, signal);
  yield* relaying.finish(makesLinksLate(to.tools));
}

async function refuseChanged({ laid }: Layout, source: Store, signal: AbortSignal): Promise<void> {
  const changed = await changedOf(
    laid.map(({ carry }) => carry),
    source,
    signal,
  );
  if (changed.size > 0) throw new TransferError('changed', 'the source changed while it was read');
}
