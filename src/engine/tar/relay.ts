/** Batches of small entries from one place with a shell to another, through this machine's memory. */

import { TransferError } from '../../errors.ts';
import type { Batches, Carried } from '../../store/batch.ts';
import { heardLater } from '../../work/heard-later.ts';
import type { BatchHow, FarPlace } from './far-place.ts';
import { changedMeanwhile, dirsOf, type FarSource, packedBy } from './from-host.ts';
import { deliverBatch } from './host/deliver.ts';
import { asItIs, feed } from './host/exchange.ts';
import type { Layout } from './host/layout.ts';
import { takerOn } from './host/taker.ts';
import { makesLinksLate } from './host/takes.ts';
import { Relaying } from './relaying.ts';
import { Parser } from './stream/parser.ts';
import { batchesTo, type Sending } from './to-host.ts';

export function createRelay(from: FarSource, to: FarPlace, how: BatchHow): Batches {
  return batchesTo(to, how, (layout, sending, signal) =>
    relay(layout, { from, to, how, ...sending }, signal),
  );
}

type Relay = Sending & { readonly from: FarSource; readonly to: FarPlace; readonly how: BatchHow };

async function relay(layout: Layout, passing: Relay, signal: AbortSignal): Promise<Carried> {
  const { to, how, stage } = passing;
  const { keep, umask } = how;
  const relaying = new Relaying(layout, stage, { keep, umask, taker: takerOn(to.tools, keep) });
  const input = stream(layout, relaying, passing, signal);
  return deliverBatch(layout, to, { input, stage, how, sent: relaying }, signal);
}

/** Throws 'changed' before its end where the source did not stay as it was: then nothing gets its name. */
async function* stream(
  layout: Layout,
  relaying: Relaying,
  { from, to, moved }: Relay,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  const { script, list, read } = await packedBy(from, layout, dirsOf(layout), signal);
  await using far = await from.place.run(script.script, script.args, signal, { isHeavy: true });
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
  const entries = layout.laid.map(({ carry }) => carry);
  const changed = await changedMeanwhile(from, entries, code, signal);
  if (changed.size > 0) throw new TransferError('changed', 'the source changed while it was read');
  yield* relaying.finish(makesLinksLate(to.tools));
}
