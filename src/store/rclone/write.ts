/**
 * A file written by rclone, which takes its bytes from us. Where half of it would show, it grows under a name of ours
 * and is then moved to its own: at once where the remote can, else after the old one was taken away.
 */

import type { Body } from '../body.ts';
import type { FileEntry, Metadata, Unkept, Written } from '../entry.ts';
import type { RelativePath } from '../path.ts';
import type { WriteHow } from '../store.ts';
import { copyFile } from './copy-file.ts';
import { wordsOf } from './entry.ts';
import { trouble } from './fault.ts';
import type { Lender } from './lender.ts';
import { lookAtFile } from './look.ts';
import { type Reach, remoteOf, shown } from './reach.ts';
import { putWhole, type Where } from './stage.ts';

const nsInMs = 1_000_000n;

type Writing = { readonly path: RelativePath; readonly body: Body; readonly how: WriteHow };

export async function write(
  reach: Reach,
  lender: Lender,
  { path, body, how }: Writing,
  signal: AbortSignal,
): Promise<Written> {
  remoteOf(reach, path, 'write'); // before its bytes are moved for nothing
  const metadata = keepable(how.metadata);
  const partial = () => how.partial;
  const gift = { name: path, body, metadata };
  const giving = (where: Where) => give(reach, lender, { ...gift, ...where }, signal);
  await putWhole(reach, { path, partial, replaces: how.replaces }, giving, signal);
  const entry = await lookAtFile(reach, path, signal);
  if (entry?.size !== body.size)
    throw trouble('write', shown(reach.name, path), 'corrupt', 'it is not there whole');
  return { entry, unkept: unkeptOf(how.metadata, entry, reach) };
}

type Gift = Where & {
  /** what it will be called */
  readonly name: RelativePath;
  readonly body: Body;
  readonly metadata: Metadata;
};

async function give(reach: Reach, lender: Lender, gift: Gift, signal: AbortSignal): Promise<void> {
  const { to, over, name, body, metadata } = gift;
  const mtimeNs = metadata.mtimeNs ?? BigInt(Date.now()) * nsInMs;
  using loan = await lender.lend(body, { mtimeNs, name: Buffer.from(name).toString() }, signal);
  const kept = reach.traits.tellsMetadata ? { Metadata: true, MetadataSet: wordsOf(metadata) } : {};
  try {
    await copyFile(reach, { from: loan.from, to, over, name, metadata: kept }, signal);
  } catch (error) {
    signal.throwIfAborted();
    throw loan.fault() ?? error;
  }
}

const me = process.geteuid!();

/** rclone fails over what it may not give away. */
function keepable(metadata: Metadata): Metadata {
  const { owner } = metadata;
  const isMine = owner?.uid === me && owner.gid === process.getegid!();
  return me === 0 || isMine ? metadata : { ...metadata, owner: undefined };
}

function unkeptOf(given: Metadata, { mode, owner, mtimeNs }: FileEntry, { traits }: Reach): Unkept {
  const step = BigInt(traits.timeStepNs ?? 1);
  const isTime = mtimeNs !== undefined && given.mtimeNs !== undefined && near(mtimeNs, given.mtimeNs, step);
  const isOwner = owner?.uid === given.owner?.uid && owner?.gid === given.owner?.gid;
  return [
    ...(given.mode !== undefined && given.mode !== mode ? (['mode'] as const) : []),
    ...(given.owner && !isOwner ? (['owner'] as const) : []),
    ...(given.mtimeNs !== undefined && !isTime ? (['mtimeNs'] as const) : []),
  ];
}

function near(a: bigint, b: bigint, step: bigint): boolean {
  return a - b < step && b - a < step;
}
