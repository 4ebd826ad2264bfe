/**
 * Reads and writes on this thread: another one takes longer to hear of them than the bytes take to move, as long as they
 * do so in memory. A disk that is slow to answer is asked from other threads for a while, longer each time that it is slow
 * again, so that it seldom stops this one.
 */
import * as fs from 'node:fs';
import { readAt, writeAllAt } from './offthread.ts';

const fewBytes = 64 * 1024; // writing so few takes no time, wherever they go
const promptBytes = { read: fewBytes, write: 512 * 1024 }; // what is longer is moved elsewhere

const slowMs = 2;
const leastRestMs = 250;
const mostRestMs = 16_000;

/** Fills `into` with bytes from `at` on; answers how many there were, as the kernel does. */
export async function readPromptly(fd: number, into: Uint8Array, at: number): Promise<number> {
  if (into.length > promptBytes.read || !reads.isPrompt) return readAt(fd, into, at);
  return reads.timed(() => readNow(fd, into, at));
}

/** Writes all of `bytes` at `at`; answers 0. */
export async function writePromptly(fd: number, bytes: Uint8Array, at: number): Promise<number> {
  if (bytes.length <= fewBytes) return writeNow(fd, bytes, at);
  if (bytes.length > promptBytes.write || !writes.isPrompt) return writeAllAt(fd, bytes, at);
  return writes.timed(() => writeNow(fd, bytes, at));
}

/** Whether it may be asked here. */
class Manners {
  #slowUntilMs = Number.NEGATIVE_INFINITY;
  #restMs = leastRestMs;

  get isPrompt(): boolean {
    return performance.now() >= this.#slowUntilMs;
  }

  timed(act: () => number): number {
    const startMs = performance.now();
    const answer = act();
    const endMs = performance.now();
    if (endMs - startMs > slowMs) this.#rest(endMs);
    return answer;
  }

  /** Who is slow again within as long as it rested rests four times as long. */
  #rest(nowMs: number): void {
    const isAgain = nowMs < this.#slowUntilMs + this.#restMs;
    this.#restMs = isAgain ? Math.min(mostRestMs, this.#restMs * 4) : leastRestMs;
    this.#slowUntilMs = nowMs + this.#restMs;
  }
}

const [reads, writes] = [new Manners(), new Manners()];

function readNow(fd: number, into: Uint8Array, at: number): number {
  try {
    return fs.readSync(fd, into, 0, into.length, at);
  } catch (error) {
    return (error as { errno: number }).errno;
  }
}

function writeNow(fd: number, bytes: Uint8Array, at: number): number {
  try {
    for (let done = 0; done < bytes.length; )
      done += fs.writeSync(fd, bytes, done, bytes.length - done, at + done);
    return 0;
  } catch (error) {
    return (error as { errno: number }).errno;
  }
}
