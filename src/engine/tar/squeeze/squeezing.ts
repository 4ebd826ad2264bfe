/**
 * What batches to and from one host are compressed with, and why. `auto`: where both ends have a program, the line is
 * what holds them up, and a sample shrinks. What leaves from here is looked at before it leaves; what comes is, as it
 * comes, and those after it go by what was seen.
 */
import { pipeline, type Readable, type Transform } from 'node:stream';
import { TransferError } from '../../../errors.ts';
import type { Compression } from '../../../report/events.ts';
import type { Compress } from '../../../request.ts';
import type { Shell } from '../../../store/shell.ts';
import type { FeedHow } from '../host/exchange.ts';
import type { FarTools } from '../host/probe.ts';
import { type Direction, isWorthAsking, type Pace, paceOf } from './line-pace.ts';
import { isShort, isWorth, lookAt, sampleBytes, shareOf } from './shrinks.ts';
import { expander, type Squeeze } from './squeeze.ts';

type Chunks = AsyncIterable<Uint8Array>;

export type Sending = Disposable & FeedHow & { readonly input: Chunks };

export type Taking = {
  readonly squeeze: Squeeze;
  readonly read: (stdout: Readable) => AsyncIterable<Buffer>;
};

export const asItCame: Taking = { squeeze: 'none', read: (stdout) => stdout };

export function uncompressed(input: Chunks): Sending {
  return { squeeze: 'none', input, [Symbol.dispose]: () => undefined };
}

type Place = Pick<Shell, 'run'> & {
  readonly tools: FarTools;
  readonly roundTripMs: number | undefined;
  /** which end of the route it is, for what is told */
  readonly end: Compression['end'];
};

export class Squeezing {
  readonly #place: Place;
  readonly #wanted: Compress;
  readonly #program: Squeeze;
  readonly #paces: Partial<Record<Direction, Promise<Pace>>> = {};
  readonly #unaskedBytes: Record<Direction, number> = { there: 0, back: 0 };
  #pace: Pace | undefined;
  #shrinks: boolean | undefined;
  #bytes = 0;
  #sentBytes = 0;

  constructor(place: Place, wanted: Compress) {
    this.#place = place;
    this.#wanted = wanted;
    this.#program = programOf(place.tools, wanted);
  }

  /** How a stream of so many bytes, if that is known, goes from here, as it is to be given on, until that is disposed of. */
  async sends(stream: Chunks, bytes: number | undefined, signal: AbortSignal): Promise<Sending> {
    if (bytes !== undefined && !this.#isWorthAsking('there', bytes)) return uncompressed(stream);
    if (this.#isAsked('there') && !(await this.#may('there', signal))) return uncompressed(stream);
    const looked = await lookAt(stream);
    const isAll = bytes === undefined && isShort(looked.sample);
    if (isAll && !this.#isWorthAsking('there', looked.sample.length)) return { ...looked, squeeze: 'none' };
    if (!(await this.#may('there', signal))) return { ...looked, squeeze: 'none' };
    const share = await shareOf(looked.sample, this.#program);
    if (share !== undefined) this.#shrinks = isWorth(share);
    const isSqueezed = this.#wanted !== 'auto' || (share !== undefined && isWorth(share));
    return { ...looked, squeeze: isSqueezed ? this.#program : 'none', went: this.#went };
  }

  /** How a stream of so many bytes, if that is known, comes from there, and what makes it itself again. */
  async takes(bytes: number | undefined, signal: AbortSignal): Promise<Taking> {
    if (bytes !== undefined && !this.#isWorthAsking('back', bytes)) return asItCame;
    if (!(await this.#may('back', signal))) return asItCame;
    if (this.#wanted === 'auto' && this.#shrinks === false)
      return { squeeze: 'none', read: (stdout) => this.#sampled(stdout) };
    return { squeeze: this.#program, read: (stdout) => this.#expanded(stdout) };
  }

  /** How names come from there: those always shrink, and a line of its own has yet to become fast. */
  takesNames(): Taking {
    if (this.#program === 'none') return asItCame;
    return { squeeze: this.#program, read: (stdout) => expanded(stdout, expander(this.#program)!) };
  }

  told(): Compression {
    const program = this.#sentBytes > 0 ? this.#program : 'none';
    return {
      end: this.#place.end,
      program,
      reason: this.#reason(),
      bytes: this.#bytes,
      sentBytes: this.#sentBytes,
    };
  }

  /** So much of a stream came to so much. */
  readonly #went = (bytes: number, sentBytes: number): void => {
    this.#bytes += bytes;
    this.#sentBytes += sentBytes;
  };

  #reason(): string {
    if (this.#wanted !== 'auto') return `--compress ${this.#wanted}`;
    if (this.#program === 'none') return 'the host has neither zstd nor gzip';
    if (!this.#pace) return 'there was little or nothing to send together';
    if (!this.#pace.isNarrow) return `the line is fast: ${this.#pace.why}`;
    if (this.#sentBytes > 0) return `the line is slow: ${this.#pace.why}`;
    return this.#shrinks === false ? 'what was looked at hardly shrinks' : 'there was too little to send';
  }

  /** Whether nobody has to ask the line, or somebody did. */
  #isAsked(direction: Direction): boolean {
    return this.#program === 'none' || this.#wanted !== 'auto' || this.#paces[direction] !== undefined;
  }

  /** Whether to ask the line, if nobody did, for the sake of so many bytes and those that went before. */
  #isWorthAsking(direction: Direction, bytes: number): boolean {
    if (this.#isAsked(direction)) return true;
    this.#unaskedBytes[direction] += bytes;
    return isWorthAsking(this.#unaskedBytes[direction], this.#place);
  }

  async #may(direction: Direction, signal: AbortSignal): Promise<boolean> {
    if (this.#program === 'none') return false;
    if (this.#wanted !== 'auto') return true;
    this.#paces[direction] ??= paceOf(this.#place, direction, signal);
    this.#pace = await this.#paces[direction];
    return this.#pace.isNarrow;
  }

  async *#expanded(stdout: Readable): AsyncGenerator<Buffer> {
    const through = expander(this.#program)!;
    let bytes = 0;
    try {
      for await (const chunk of expanded(stdout, through)) {
        bytes += chunk.length;
        if (bytes >= sampleBytes) this.#shrinks = isWorth(through.bytesWritten / bytes);
        yield chunk;
      }
    } finally {
      this.#went(bytes, through.bytesWritten);
    }
  }

  /** What comes as it is may shrink again. */
  async *#sampled(stdout: Readable): AsyncGenerator<Buffer> {
    const held: Buffer[] = [];
    let bytes = 0;
    for await (const chunk of stdout as AsyncIterable<Buffer>) {
      if (bytes < sampleBytes) held.push(Buffer.from(chunk));
      bytes += chunk.length;
      if (bytes >= sampleBytes && held.length > 0) await this.#look(Buffer.concat(held.splice(0)));
      yield chunk;
    }
  }

  async #look(sample: Buffer): Promise<void> {
    const share = await shareOf(sample, this.#program);
    if (share !== undefined) this.#shrinks = isWorth(share);
  }
}

/** Throws 'unsupported' for one that was asked for by name and is not there. */
function programOf({ zstd, gzip }: FarTools, wanted: Compress): Squeeze {
  if (wanted === 'off') return 'none';
  if (wanted === 'auto') return zstd ? 'zstd' : gzip ? 'gzip' : 'none';
  if (wanted === 'zstd' ? zstd : gzip) return wanted;
  throw new TransferError('unsupported', `cannot compress with ${wanted}: a host has no ${wanted}`, {
    hint: 'leave --compress away to use what there is',
  });
}

async function* expanded(stdout: Readable, through: Transform): AsyncGenerator<Buffer> {
  pipeline(stdout, through, () => undefined); // who reads is told
  try {
    yield* through as AsyncIterable<Buffer>;
  } catch (cause) {
    throw cutOff(cause);
  }
}

/** What was squeezed and ends early is an error of its own. */
function cutOff(cause: unknown): unknown {
  if (!/^(Z_|ZSTD_)/.test((cause as NodeJS.ErrnoException).code ?? '')) return cause;
  return new TransferError('transient', 'cannot unpack what the other side sent: it ended early', { cause });
}
