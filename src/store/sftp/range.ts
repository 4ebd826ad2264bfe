/** Ranges of an open file, moved with many requests under way at once. */

import { giveBack } from '../../work/chunk-memory.ts';
import { heardLater } from '../../work/heard-later.ts';
import { isHoleWorthy } from '../../work/zeros.ts';
import type { Range } from '../body.ts';
import { corrupt } from './protocol/reader.ts';
import { type Handle, read, write } from './protocol/requests.ts';
import type { Sftp } from './protocol/sftp.ts';

const windowBytes = 2 * 1024 * 1024;

/**
 * The bytes of a range, in order. What `check` asks goes right behind each read, and a chunk is given when both are
 * answered.
 */
export async function* readRange(
  sftp: Sftp,
  handle: Handle,
  { offset, length }: Range,
  check: () => Promise<void>,
  signal: AbortSignal,
): AsyncGenerator<Buffer> {
  const end = offset + length;
  const depth = Math.ceil(windowBytes / sftp.readBytes);
  const ahead: Promise<readonly Buffer[]>[] = [];
  let asked = offset;
  const askOne = () => {
    const piece = { offset: asked, length: Math.min(sftp.readBytes, end - asked) };
    asked += piece.length;
    ahead.push(heardLater(readPiece(sftp, handle, piece, check, signal)));
  };
  while (asked < end || ahead.length > 0) {
    while (asked < end && ahead.length < depth) askOne();
    yield* await ahead.shift()!;
  }
}

/** As many reads as it takes. */
async function readPiece(
  sftp: Sftp,
  handle: Handle,
  { offset, length }: Range,
  check: () => Promise<void>,
  signal: AbortSignal,
): Promise<readonly Buffer[]> {
  const chunks: Buffer[] = [];
  for (let got = 0; got < length; ) {
    const rest = { offset: offset + got, length: length - got };
    const [chunk] = await Promise.all([read(sftp.client, handle, rest, signal), check()]);
    if (!chunk) throw corrupt('a file ends before its size');
    chunks.push(chunk);
    got += chunk.length;
  }
  return chunks;
}

/**
 * Asks for all chunks to be written from `range.offset` on; answers whether they were as many bytes as the range has.
 * What was asked last is not waited for: that is the window's. Large runs of zeros that end before `hollowUntil` are left
 * out, for there is nothing else yet.
 */
export async function writeRange(
  { sftp, handle, window }: Writing,
  range: Range,
  chunks: AsyncIterable<Uint8Array>,
  signal: AbortSignal,
  hollowUntil = 0,
): Promise<boolean> {
  const end = range.offset + range.length;
  let at = range.offset;
  for await (const chunk of chunks) {
    signal.throwIfAborted();
    if (at + chunk.length > end) return false;
    for (const data of pieces(chunk, sftp.writeBytes)) {
      if (at + data.length < hollowUntil && isHoleWorthy(data)) {
        at += data.length;
        continue;
      }
      await window.room();
      window.add(write(sftp.client, handle, { offset: at, data }, signal), data.length);
      at += data.length;
    }
    giveBack(chunk); // each piece was copied into its packet
  }
  return at === end;
}

/** An open file, and what was asked to be written to it. */
export type Writing = { readonly sftp: Sftp; readonly handle: Handle; readonly window: Window };

/** Writes that were not answered yet, oldest first. */
export type Window = {
  readonly add: (done: Promise<void>, bytes: number) => void;
  /** Waits until one more may be asked. Throws what an earlier one threw. */
  readonly room: () => Promise<void>;
  /** The same until all are answered. */
  readonly all: () => Promise<void>;
};

export function createWindow(): Window {
  const line: { readonly done: Promise<void>; readonly bytes: number }[] = [];
  let waiting = 0;
  const oldest = async () => {
    const { done, bytes } = line.shift()!;
    await done;
    waiting -= bytes;
  };
  return {
    add(done, bytes) {
      line.push({ done: heardLater(done), bytes });
      waiting += bytes;
    },
    async room() {
      while (waiting >= windowBytes) await oldest();
    },
    async all() {
      while (line.length > 0) await oldest();
    },
  };
}

function* pieces(chunk: Uint8Array, bytes: number): Generator<Uint8Array> {
  for (let at = 0; at < chunk.length; at += bytes) yield chunk.subarray(at, at + bytes);
}
