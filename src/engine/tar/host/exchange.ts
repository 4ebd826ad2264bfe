/** Scripts on the other side run to their end: what goes in, what comes out. */
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isKind, TransferError } from '../../../errors.ts';
import type { FarProcess, RunFar } from '../../../work/far-process.ts';
import { type Squeeze, squeezer } from '../squeeze/squeeze.ts';
import { Parser, type Receiver } from '../stream/parser.ts';
import type { Answer } from './received.ts';
import type { Script } from './script.ts';

type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

export type FeedHow = {
  readonly squeeze: Squeeze;
  /** told in the end how much was compressed to how much */
  readonly went?: ((bytes: number, sentBytes: number) => void) | undefined;
};

export const asItIs: FeedHow = { squeeze: 'none' };

const mostAnswerBytes = 16 * 1024 * 1024;

/**
 * Runs a script with this on its stdin, none for one that reads nothing, and answers what it said. Its stdin may be more
 * than it cares to read.
 */
export async function ask(
  run: RunFar,
  { script, args }: Script,
  { input, isHeavy = false, ...how }: FeedHow & { readonly input?: Chunks; readonly isHeavy?: boolean },
  signal: AbortSignal,
): Promise<Answer> {
  await using far = await run(script, args, signal, { isHeavy, readsNothing: !input });
  const [stdout] = await Promise.all([collect(far.stdout), input && feed(far, input, how, signal)]);
  const { code } = await far.ended;
  return { code, stdout, complaint: far.complaint() };
}

/**
 * Runs a `send` script with this list on its stdin, and shows what it packs to a receiver; answers what else it said.
 * Throws 'transient' for a stream that was cut off, and what the parser and the receiver throw.
 */
export async function fetchInto(
  run: RunFar,
  { script, args }: Script,
  {
    list,
    read = plain,
    receiver,
    moved,
  }: {
    readonly list: Uint8Array;
    /** makes what came a tar stream again */
    readonly read?: (stdout: Readable) => AsyncIterable<Buffer>;
    readonly receiver: Receiver;
    /** waited for after each piece, with how many bytes of files were in it */
    readonly moved?: (bytes: number) => Promise<void>;
  },
  signal: AbortSignal,
): Promise<Omit<Answer, 'stdout'>> {
  await using far = await run(script, args, signal, { isHeavy: true });
  const parser = new Parser(receiver);
  const take = async () => {
    for await (const chunk of read(far.stdout)) {
      const before = parser.dataBytes;
      parser.push(chunk);
      await moved?.(parser.dataBytes - before);
    }
  };
  await Promise.all([take().catch(cutOff), feed(far, [list], asItIs, signal)]);
  parser.finish();
  const { code } = await far.ended;
  return { code, complaint: far.complaint('all') };
}

/** Gives a program its input. Who ends before he has read all says why by his exit code. */
export async function feed(
  { stdin }: FarProcess,
  input: Chunks,
  { squeeze, went }: FeedHow,
  signal: AbortSignal,
): Promise<void> {
  const through = squeezer(squeeze);
  let sent = 0;
  const counted = async function* (chunks: AsyncIterable<Buffer>) {
    for await (const chunk of chunks) {
      sent += chunk.length;
      yield chunk;
    }
  };
  try {
    if (!through) return await pipeline(input, stdin, { signal });
    await pipeline(input, through, counted, stdin, { signal });
    went?.(through.bytesWritten, sent);
  } catch (error) {
    signal.throwIfAborted();
    if (isKind(error, 'io')) return; // the transport noticed first
    if (!early.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

const early = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'];

function plain(stdout: Readable): AsyncIterable<Buffer> {
  return stdout;
}

function cutOff(cause: unknown): never {
  if (!early.includes((cause as NodeJS.ErrnoException).code ?? '')) throw cause;
  throw new TransferError('transient', 'cannot unpack what the other side sent: it ended early', { cause });
}

async function collect(stdout: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let bytes = 0;
  for await (const chunk of stdout as AsyncIterable<Buffer>) {
    bytes += chunk.length;
    if (bytes > mostAnswerBytes) throw new TransferError('corrupt', 'the other side answers without end');
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
