/** Whether a stream is worth compressing, by its beginning. */
import { promisify } from 'node:util';
import { constants, gzip, zstdCompress } from 'node:zlib';
import type { Squeeze } from './squeeze.ts';

/** How much of a stream is looked at: names and the like come before it. */
export const sampleBytes = 256 * 1024;
const beforeBytes = 256 * 1024;
/** A stream shorter than this is not worth it. */
const leastBytes = 64 * 1024;
const mostLeft = 0.8;

type Chunks = AsyncIterable<Uint8Array>;

/** Disposed of, nothing more is taken from the stream. */
export type Looked = Disposable & {
  readonly sample: Uint8Array;
  /** all of the stream, the sample too */
  readonly input: Chunks;
};

/** Takes the beginning of a stream, and gives back all of it. What the stream throws is thrown where it comes. */
export async function lookAt(stream: Chunks): Promise<Looked> {
  const rest = stream[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let bytes = 0;
  let isOver = false;
  const leave = () => {
    rest.return?.().catch(() => undefined); // whatever it failed of, nobody wants it any more
  };
  try {
    while (bytes < beforeBytes + sampleBytes && !isOver) {
      const { value, done } = await rest.next();
      isOver = done === true;
      if (!isOver) held.push(value);
      bytes += isOver ? 0 : value.length;
    }
  } catch (error) {
    return { sample: new Uint8Array(0), input: failing(held, error), [Symbol.dispose]: leave };
  }
  const whole = Buffer.concat(held);
  const sample = whole.subarray(isOver ? 0 : beforeBytes);
  return { sample, input: again(held, rest), [Symbol.dispose]: leave };
}

/** What it shrinks to, as a share of itself; undefined where it is too short to matter. */
export async function shareOf(sample: Uint8Array, squeeze: Squeeze): Promise<number | undefined> {
  if (isShort(sample) || squeeze === 'none') return undefined;
  return (await shrink[squeeze](sample)).length / sample.length;
}

/** Of a stream of which that is all. */
export function isShort(sample: Uint8Array): boolean {
  return sample.length < leastBytes;
}

/** Whether that saves enough. */
export function isWorth(share: number): boolean {
  return share <= mostLeft;
}

const shrink = {
  gzip: (bytes: Uint8Array) => promisify(gzip)(bytes, { level: 1 }),
  zstd: (bytes: Uint8Array) =>
    promisify(zstdCompress)(bytes, { params: { [constants.ZSTD_c_compressionLevel]: 1 } }),
};

async function* again(held: Uint8Array[], rest: AsyncIterator<Uint8Array>): AsyncGenerator<Uint8Array> {
  while (held.length > 0) yield held.shift()!;
  for (;;) {
    const { value, done } = await rest.next();
    if (done) return;
    yield value;
  }
}

async function* failing(held: readonly Uint8Array[], error: unknown): AsyncGenerator<Uint8Array> {
  yield* held;
  throw error;
}
