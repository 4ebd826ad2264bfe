/** Large files behind SFTP, by ranges: each is written through a handle of its own, so no connection has to last. */

import { pathKey } from '../../work/posix/path.ts';
import { type Body, seeksHoles } from '../body.ts';
import { notWhole } from '../body-faults.ts';
import { dataWithin } from '../data-within.ts';
import type { Parts, PutRange } from '../parts.ts';
import { type RelativePath, splitPath } from '../path.ts';
import { begin, Lengthening } from './begin-parts.ts';
import type { Contact } from './contact.ts';
import { must, type Reach, whyNot } from './fault.ts';
import { finish } from './finish-parts.ts';
import { createFresh } from './fresh.ts';
import { mustBeFirm } from './ground.ts';
import { createLeftOpen, type LeftOpen } from './left-open.ts';
import { openPartial } from './open-partial.ts';
import { dropPartial, namingOf } from './partial.ts';
import { createWindow, writeRange } from './range.ts';

/** Short, so that all connections are busy until the end. */
export const rangeBytes = 8 * 1024 * 1024;

/** Shorter towards the end; of very large files not, since there is a bit for each such step. */
export function stepBytes(size: number): number {
  if (size <= mostAtOnce) return rangeBytes;
  return Math.min(rangeBytes, leastStep * Math.ceil(size / leastStep / mostSteps));
}

const leastStep = 1024 * 1024;
const mostSteps = 8192;

/** Longer files go by ranges: beginning and ending one takes a dozen round trips. */
const mostAtOnce = 64 * 1024 * 1024;

export function partsOf(contact: Contact): Parts {
  const firm = async (path: RelativePath, signal: AbortSignal) => {
    const reach = await contact.reach(signal);
    await mustBeFirm(reach, path, 'write', signal);
    return reach;
  };
  const made = createFresh(pathKey);
  const lengthening = new Lengthening();
  const left = createLeftOpen();
  return {
    rangeBytes: (size) => (size > mostAtOnce ? rangeBytes : mostAtOnce),
    stepBytes,
    begin: async (path, how, signal) => {
      const reach = await contact.reach(signal);
      const long = { size: how.size, durable: contact.isDurable() };
      const begun = await begin(reach, path, { ...how, ...long }, signal);
      made.add(begun.partial);
      lengthening.add(begun, long);
      return begun.partial;
    },
    put: async (partial, range, body, signal) => {
      using reach = await contact.reachAlone(signal);
      const letGo = () => reach[Symbol.dispose]();
      const how = { range, body, durable: contact.isDurable(), isNew: made.has(partial), left, letGo };
      await put(reach, partial, how, signal);
      await lengthening.whole(reach, partial, signal);
    },
    finish: async (partial, path, how, signal) => {
      left.close(pathKey(partial));
      const reach = await contact.reach(signal);
      const durable = contact.isDurable();
      const finished = await finish(reach, partial, path, { ...how, durable }, signal);
      if (finished.tidied) contact.trails.add(splitPath(path).dir, reach.sftp, finished.tidied);
      return finished;
    },
    drop: async (partial, signal) => {
      lengthening.forget(partial);
      left.close(pathKey(partial));
      const reach = await firm(partial, signal);
      await must(dropPartial(reach, namingOf(partial, partial), signal), reach, partial, 'remove');
    },
  };
}

type Putting = {
  readonly range: PutRange;
  readonly body: Body;
  readonly durable: boolean;
  /** the file was made here within a second */
  readonly isNew: boolean;
  readonly left: LeftOpen;
  /** all was sent: somebody else may send */
  readonly letGo: () => void;
};

async function put(
  reach: Reach,
  partial: RelativePath,
  { range, body, durable, isNew, left, letGo }: Putting,
  signal: AbortSignal,
): Promise<void> {
  const { sftp } = reach;
  const key = pathKey(partial);
  const open = (isFirst: boolean) => openPartial(reach, partial, isFirst, signal);
  const openNext = () => left.give(sftp, key, open(false));
  using file = (await left.take(sftp, key)) ?? (await open(isNew));
  const writing = { sftp, handle: file.handle, window: createWindow() };
  const watch = range.goesOn && sftp.leavesOpen ? halfway(range.length, openNext) : undefined;
  const hollowUntil = seeksHoles(body) ? Number.POSITIVE_INFINITY : 0; // it is as long as it will be
  try {
    for await (const one of dataWithin(body, range, signal)) {
      const chunks = body.open(one, signal);
      const isWhole = await writeRange(writing, one, watch?.(chunks) ?? chunks, signal, hollowUntil);
      if (!isWhole) throw notWhole(reach.root.show(partial), body.size);
    }
    letGo();
    const synced = durable && sftp.fsync?.(file.handle, signal);
    await Promise.all([writing.window.all(), synced, file.close(signal)]);
  } catch (error) {
    throw await whyNot(error, reach, partial, 'write', signal);
  }
}

type Chunks = AsyncIterable<Uint8Array>;

/** Calls `act` once, when half of so many bytes went by. */
function halfway(bytes: number, act: () => void): (chunks: Chunks) => Chunks {
  let left = bytes / 2;
  return async function* (chunks) {
    for await (const chunk of chunks) {
      const isReached = left > 0 && left <= chunk.length;
      left -= chunk.length;
      yield chunk;
      if (isReached) act();
    }
  };
}
