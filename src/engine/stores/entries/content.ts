import { createHash } from 'node:crypto';
import { TransferError } from '../../../errors.ts';
import type { Body, Digest } from '../../../store/body.ts';
import type { FileEntry } from '../../../store/entry.ts';
import type { Lane } from '../lane.ts';

/** Whether two files hold the same bytes: those of an end are not read where it says what they add up to. */
export async function sameContent(lane: Lane, file: FileEntry, present: FileEntry): Promise<boolean> {
  const { setup, signal } = lane;
  const [mine, there] = await Promise.all([
    setup.source.digest?.(file, signal),
    setup.dest.digest?.(present, signal),
  ]);
  if (mine && there?.algorithm === mine.algorithm) return Buffer.compare(mine.value, there.value) === 0;
  if (mine) return addsUp(lane, paced(lane, setup.dest.read(present)), mine);
  const body = lane.bodyOf(file);
  return there ? addsUp(lane, body, there) : sameBytes(body, setup.dest.read(present), signal);
}

/** Anything that cannot be read counts as different, so that copying it says why. */
export async function holdsSame(lane: Lane, file: FileEntry, present: FileEntry): Promise<boolean> {
  try {
    return await sameContent(lane, file, present);
  } catch (error) {
    lane.signal.throwIfAborted();
    if (!(error instanceof TransferError) || error.kind === 'transient') throw error;
    return false;
  }
}

/** Its bytes are those that move. */
function paced(lane: Lane, body: Body): Body {
  return {
    ...body,
    async *open(range, signal) {
      for await (const chunk of body.open(range, signal)) {
        await lane.moves(chunk.length);
        yield chunk;
      }
    },
  };
}

async function addsUp(lane: Lane, body: Body, { algorithm, value }: Digest): Promise<boolean> {
  const hash = createHash(algorithm);
  for await (const chunk of body.open({ offset: 0, length: body.size }, lane.signal)) hash.update(chunk);
  return hash.digest().equals(value);
}

/** Throws what reading either throws. */
async function sameBytes(a: Body, b: Body, signal: AbortSignal): Promise<boolean> {
  if (a.size !== b.size) return false;
  const whole = { offset: 0, length: a.size };
  const other = b.open(whole, signal)[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  try {
    for await (const chunk of a.open(whole, signal)) {
      for (let at = 0; at < chunk.length; ) {
        if (rest.length === 0) rest = (await other.next()).value ?? rest;
        const length = Math.min(rest.length, chunk.length - at);
        if (length === 0 || Buffer.compare(rest.subarray(0, length), chunk.subarray(at, at + length)) !== 0)
          return false;
        rest = rest.subarray(length);
        at += length;
      }
    }
    return rest.length === 0;
  } finally {
    await other.return?.();
  }
}
