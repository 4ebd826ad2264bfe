/** Sends a stream to a place over there, to be unpacked into its directories, and says what came of it. */
import type { Preserve } from '../../../request.ts';
import type { Carried, Carry } from '../../../store/batch.ts';
import type { UnkeptAttributes } from '../../../store/entry.ts';
import type { RelativePath } from '../../../store/path.ts';
import type { BatchHow, FarPlace } from '../far-place.ts';
import { uncompressed } from '../squeeze/squeezing.ts';
import { ask } from './exchange.ts';
import { bytesOf, type Layout, leftOf } from './layout.ts';
import { receive } from './receive.ts';
import { readReceived, type Unreceived, wordOf } from './received.ts';
import { lostOn } from './taker.ts';
import { unkeptOf } from './unkept.ts';

type Delivery = {
  readonly input: AsyncIterable<Uint8Array>;
  /** how many bytes of files are in it, where that is known */
  readonly bytes?: number;
  readonly stage: string;
  /** of its places */
  readonly dirs: readonly RelativePath[];
  readonly keep: Preserve;
  /** it survives a power cut before anything older is replaced by it */
  readonly durable: boolean;
};

type Delivered = {
  /** what of it did not arrive */
  readonly unreceived: readonly Unreceived[];
  /** how many attributes and ACLs are not kept */
  readonly unkept: UnkeptAttributes;
};

/** Throws as `readReceived` does, and what the stream throws. */
export async function deliver(
  to: FarPlace,
  { input, bytes, stage, dirs, keep, durable }: Delivery,
  signal: AbortSignal,
): Promise<Delivered> {
  const { root, tools, run, squeezing } = to;
  using sending = (await squeezing?.sends(input, bytes, signal)) ?? uncompressed(input);
  const { squeeze } = sending;
  const rootOnly = dirs.every((dir) => dir.length === 0);
  const script = receive({ root, stage, tools, squeeze, rootOnly, keep, durable });
  const answer = await ask(run, script, { ...sending, isHeavy: true }, signal);
  const unreceived = readReceived(answer);
  if (durable) to.heardPlace?.(wordOf(answer, 'place') ?? '');
  return { unreceived, unkept: unkeptOf(answer, to, dirs) };
}

/** What went into the stream of a batch. */
export type Sent = {
  readonly isSent: (carry: Carry) => boolean;
  /** whether it was told there what a directory that is there looks like */
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
  }: Pick<Delivery, 'input' | 'stage'> & { readonly how: BatchHow; readonly sent: Sent },
  signal: AbortSignal,
): Promise<Carried> {
  const durable = how.durable && (layout.isLast || layout.places.some(({ replaces }) => replaces));
  const dirs = layout.places.map(({ dir }) => dir);
  const delivery = { input, bytes: bytesOf(layout), stage, dirs, keep: how.keep, durable };
  const { unreceived, unkept } = await deliver(to, delivery, signal);
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
    isDurable: durable,
    lost: { ...lostOn(to.tools, arrived, how), ...unkept },
  };
}
