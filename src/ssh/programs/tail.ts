import type { Readable } from 'node:stream';
import { printable } from '../../report/show.ts';

const shownBytes = 4096;
const keptBytes = 512 * 1024;
const newline = 0x0a;

/**
 * Reads a stream to its end: its last lines so far, as a person may read them, few to be shown or all that were
 * kept, and a promise that is kept when the stream is over, however it ended.
 */
export function gather(stream: Readable): {
  readonly text: (how?: 'all') => string;
  readonly over: Promise<void>;
} {
  const last = new Last();
  const read = async () => {
    for await (const chunk of stream) last.add(chunk as Buffer);
  };
  const over = read().catch(() => undefined);
  const text = (how?: 'all') => {
    const lines = last.lines(how ? keptBytes : shownBytes);
    return lines.toString('utf8').trim().split('\n').map(printable).join('\n');
  };
  return { text, over };
}

/** The last bytes of what comes, however small it comes: in one piece of memory, which grows with them to twice as many. */
class Last {
  #bytes = Buffer.alloc(0);
  #used = 0;
  #isCut = false;

  add(chunk: Buffer): void {
    const added = chunk.subarray(-keptBytes);
    if (this.#used + added.length > this.#bytes.length) this.#makeRoom(added.length);
    added.copy(this.#bytes, this.#used);
    this.#used += added.length;
    this.#isCut ||= added.length < chunk.length;
  }

  /** As many of the last whole lines as so many bytes hold. */
  lines(most: number): Buffer {
    const tail = this.#bytes.subarray(Math.max(0, this.#used - most), this.#used);
    const isWhole = !this.#isCut && this.#used <= most;
    return isWhole ? tail : tail.subarray(tail.indexOf(newline) + 1);
  }

  #makeRoom(bytes: number): void {
    const isFull = this.#used + bytes > 2 * keptBytes;
    const kept = this.#bytes.subarray(isFull ? Math.max(0, this.#used - keptBytes) : 0, this.#used);
    this.#isCut ||= kept.length < this.#used;
    const enough = Math.min(2 * keptBytes, 2 * (kept.length + bytes));
    const next = enough > this.#bytes.length ? Buffer.alloc(enough) : this.#bytes;
    kept.copy(next);
    [this.#bytes, this.#used] = [next, kept.length];
  }
}
