/**
 * A file written by rclone, which takes its bytes from us. Where half of it would show, it grows under a name of ours
 * and is then moved to its own: at once where the remote can, else after the old one was taken away.
 */

import type { Body } from '../body.ts';
import type { FileEntry, Metadata, Unkept, Written } from '../entry.ts';
import type { RelativePath } from '../path.ts';
import type { WriteHow } from '../store.ts';
import { placeName } from './daemon.ts';
import { wordsOf } from './entry.ts';
import { trouble } from './fault.ts';
import type { Lender } from './lender.ts';
import { lookAtFile } from './look.ts';
import { must, type Reach, remoteOf, shown } from './reach.ts';
import { drop, move, mustBeFree, stageOf } from './stage.ts';

const nsInMs = 1_000_000n;

export async function write(
  reach: Reach,
  lender: Lender,
  path: RelativePath,
  body: Body,
  how: WriteHow,
  signal: AbortSignal,
): Promise<Written> {
  remoteOf(reach, path, 'write'); // before its bytes are moved for nothing
  const metadata = keepable(how.metadata);
  if (reach.traits.showsHalf) await staged(reach, lender, path, body, { ...how, metadata }, signal);
  else {
    await mustBeFree(reach, path, how.replaces, signal);
    await give(
      reach,
      lender,
      { to: path, over: how.replaces !== undefined, name: path, body, metadata },
      signal,
    );
  }
  const entry = await lookAtFile(reach, path, signal);
  if (entry?.size !== body.size)
    throw trouble('write', shown(reach.name, path), 'corrupt', 'it is not there whole');
  return { entry, unkept: unkeptOf(how.metadata, entry, reach) };
}

async function staged(
  reach: Reach,
  lender: Lender,
  path: RelativePath,
  body: Body,
  { metadata, replaces, partial }: WriteHow,
  signal: AbortSignal,
): Promise<void> {
  const to = stageOf(reach, path, partial);
  try {
    await give(reach, lender, { to, over: false, name: path, body, metadata }, signal);
    await mustBeFree(reach, path, replaces, signal);
    await move(reach, to, path, replaces, signal);
  } catch (error) {
    await drop(reach, to);
    throw error;
  }
}

type Gift = {
  readonly to: RelativePath;
  /** something has the name, and goes */
  readonly over: boolean;
  /** what it will be called */
  readonly name: RelativePath;
  readonly body: Body;
  readonly metadata: Metadata;
};

async function give(reach: Reach, lender: Lender, gift: Gift, signal: AbortSignal): Promise<void> {
  const { to, over, name, body, metadata } = gift;
  const mtimeNs = metadata.mtimeNs ?? BigInt(Date.now()) * nsInMs;
  using loan = await lender.lend(body, { mtimeNs, name: Buffer.from(name).toString() }, signal);
  const words = {
    ...loan.from,
    dstFs: placeName,
    dstRemote: remoteOf(reach, to, 'write'),
    _config: {
      NoCheckDest: !over,
      IgnoreTimes: true,
      Inplace: true,
      ...(reach.traits.tellsMetadata && { Metadata: true, MetadataSet: wordsOf(metadata) }),
    },
  };
  try {
    await must(reach, name, 'write', { call: 'operations/copyfile', words }, signal);
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
