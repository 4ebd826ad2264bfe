/** Scripts on the other side run to their end: what goes in, what comes out. */
import type { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { isKind, TransferError } from '../../errors.ts';
import type { FarProcess, RunFar } from '../../work/far.ts';
import { Parser, type Receiver } from './parser.ts';
import type { Answer } from './received.ts';
import type { Script } from './script.ts';
import { expander, type Squeeze, squeezer } from './squeeze.ts';

type Chunks = Iterable<Uint8Array> | AsyncIterable<Uint8Array>;

const mostAnswerBytes = 16 * 1024 * 1024;

/** Runs a script with this on its stdin, and answers what it said. Its stdin may be more than it cares to read. */
export async function ask(
  run: RunFar,
  { script, args }: Script,
  {
    input,
    squeeze,
    isHeavy = false,
  }: { readonly input: Chunks; readonly squeeze: Squeeze; readonly isHeavy?: boolean },
  signal: AbortSignal,
): Promise<Answer> {
  await using far = await run(script, args, signal, { isHeavy });
  const [stdout] = await Promise.all([collect(far.stdout), feed(far, input, squeeze, signal)]);
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
    squeeze,
    receiver,
    moved,
  }: {
    readonly list: Uint8Array;
    readonly squeeze: Squeeze;
    readonly receiver: Receiver;
    /** waited for after each piece, with how many bytes of files were in it */
    readonly moved?: (bytes: number) => Promise<void>;
  },
  signal: AbortSignal,
): Promise<Omit<Answer, 'stdout'>> {
  await using far = await run(script, args, signal, { isHeavy: true });
  const parser = new Parser(receiver);
  const take = async (chunks: AsyncIterable<Buffer>) => {
    for await (const chunk of chunks) {
      const before = parser.dataBytes;
      parser.push(chunk);
      await moved?.(parser.dataBytes - before);
    }
  };
  const taken = expander(squeeze);
  const unpacked = taken
    ? pipeline(far.stdout, taken, take, { signal })
    : pipeline(far.stdout, take, { signal });
  await Promise.all([unpacked.catch(cutOff), feed(far, [list], 'none', signal)]);
  parser.finish();
  const { code } = await far.ended;
  return { code, complaint: far.complaint() };
}

/** Gives a program its input. Who ends before he has read all says why by his exit code. */
export async function feed(
  { stdin }: FarProcess,
  input: Chunks,
  squeeze: Squeeze,
  signal: AbortSignal,
): Promise<void> {
  const through = squeezer(squeeze);
  try {
    await (through ? pipeline(input, through, stdin, { signal }) : pipeline(input, stdin, { signal }));
  } catch (error) {
    signal.throwIfAborted();
    if (isKind(error, 'io')) return; // the transport noticed first
    if (!early.includes((error as NodeJS.ErrnoException).code ?? '')) throw error;
  }
}

const early = ['EPIPE', 'ECONNRESET', 'ERR_STREAM_PREMATURE_CLOSE', 'ERR_STREAM_DESTROYED'];

/** What was squeezed and ends early is an error of its own. */
function cutOff(cause: unknown): never {
  const code = (cause as NodeJS.ErrnoException).code ?? '';
  if (!early.includes(code) && !/^(Z_|ZSTD_)/.test(code)) throw cause;
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
