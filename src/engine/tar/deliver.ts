/** Sends a stream to a place over there, to be unpacked into its directories, and says what came of it. */
import type { Carried, Carry } from '../../store/batch.ts';
import type { RelativePath } from '../../store/path.ts';
import type { BatchHow, FarPlace } from './between.ts';
import { ask } from './exchange.ts';
import { bytesOf, type Layout, leftOf } from './layout.ts';
import { lostOn } from './lost.ts';
import { receive } from './receive.ts';
import { readReceived, type Unreceived } from './received.ts';
import { uncompressed } from './squeezing.ts';

type Delivery = {
  readonly input: AsyncIterable<Uint8Array>;
  /** how many bytes of files are in it, where that is known */
  readonly bytes?: number;
  readonly stage: string;
  /** it survives a power cut before anything older is replaced by it */
  readonly durable: boolean;
};

/** Answers what of it did not arrive. Throws as `readReceived` does, and what the stream throws. */
export async function deliver(
  to: FarPlace,
  { input, bytes, stage, durable }: Delivery,
  signal: AbortSignal,
): Promise<Unreceived[]> {
  const { root, tools, run, squeezing } = to;
  using sending = (await squeezing?.sends(input, bytes, signal)) ?? uncompressed(input);
  const { squeeze } = sending;
  const script = receive({ root, stage, tools, numericIds: true, squeeze, durable });
  return readReceived(await ask(run, script, { ...sending, isHeavy: true }, signal));
}

type Sent = {
  readonly isSent: (carry: Carry) => boolean;
  readonly isDressed: (dir: RelativePath) => boolean;
};

/** The same of a batch that was laid out; `sent` is asked when the stream is over. */
export async function deliverBatch(
  layout: Layout,
  to: FarPlace,
  {
    input,
    stage,
    how,
    sent,
  }: Omit<Delivery, 'durable' | 'bytes'> & { readonly how: BatchHow; readonly sent: Sent },
  signal: AbortSignal,
): Promise<Carried> {
  const durable = how.durable && layout.places.some(({ replaces }) => replaces);
  const unreceived = await deliver(to, { input, bytes: bytesOf(layout), stage, durable }, signal);
  const left = leftOf(layout, unreceived);
  for (const { carry } of layout.laid) if (!sent.isSent(carry)) left.add(carry);
  const failed = new Set(unreceived.map(({ place }) => layout.places[place]?.dir));
  const arrived = layout.laid.flatMap(({ carry }) => (left.has(carry) ? [] : [carry]));
  const refused = leftOf(
    layout,
    unreceived.filter(({ kind }) => kind === 'refused'),
  );
  return {
    left,
    refused,
    isDressed: (dir) => sent.isDressed(dir) && !failed.has(dir),
    lost: lostOn(to.tools, arrived, how),
  };
}
