/**
 * Small reads on this thread: another one takes longer to hear of it than the bytes take to come, as long as they are
 * in memory. A disk that is slow to answer is asked from other threads for a while, so that it seldom stops this one.
 */
import * as fs from 'node:fs';
import { readAt } from './offthread.ts';

const promptBytes = 64 * 1024; // what is longer is read elsewhere

const slowMs = 2;
const restMs = 250;
let slowUntilMs = Number.NEGATIVE_INFINITY;

/** Fills `into` with bytes from `at` on; answers how many there were, as the kernel does. */
export async function readPromptly(fd: number, into: Uint8Array, at: number): Promise<number> {
  const startMs = performance.now();
  if (into.length > promptBytes || startMs < slowUntilMs) return readAt(fd, into, at);
  const got = readNow(fd, into, at);
  const endMs = performance.now();
  if (endMs - startMs > slowMs) slowUntilMs = endMs + restMs;
  return got;
}

function readNow(fd: number, into: Uint8Array, at: number): number {
  try {
    return fs.readSync(fd, into, 0, into.length, at);
  } catch (error) {
    return (error as { errno: number }).errno;
  }
}
