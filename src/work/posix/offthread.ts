/**
 * Reading, writing and syncing an open file in Node's thread pool, so that a slow disk does not stop this thread.
 * The answers are the kernel's, as in libc.ts.
 */
import * as fs from 'node:fs';

/** Fills `into` with bytes from `at` on; answers how many there were. */
export function readAt(fd: number, into: Uint8Array, at: number): Promise<number> {
  return new Promise((resolve) => {
    fs.read(fd, into, 0, into.length, at, (error, got) => resolve(error ? error.errno! : got));
  });
}

/** Writes all of `bytes` at `at`; answers 0. */
export async function writeAllAt(fd: number, bytes: Uint8Array, at: number): Promise<number> {
  for (let done = 0; done < bytes.length; ) {
    const wrote = await writeAt(fd, bytes.subarray(done), at + done);
    if (wrote < 0) return wrote;
    done += wrote;
  }
  return 0;
}

function writeAt(fd: number, bytes: Uint8Array, at: number): Promise<number> {
  return new Promise((resolve) => {
    fs.write(fd, bytes, 0, bytes.length, at, (error, wrote) => resolve(error ? error.errno! : wrote));
  });
}

/** Brings a file, or the names in a directory, to the disk; answers 0. */
export function syncFile(fd: number): Promise<number> {
  return new Promise((resolve) => fs.fsync(fd, (error) => resolve(error ? error.errno! : 0)));
}
