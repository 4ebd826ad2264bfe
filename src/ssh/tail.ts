import type { Readable } from 'node:stream';
import { printable } from '../report/show.ts';

const mostBytes = 4096;

/**
 * Reads a stream to its end: the last of it so far, as a person may read it, and a promise that is kept when the stream
 * is over, however it ended.
 */
export function gather(stream: Readable): { readonly text: () => string; readonly over: Promise<void> } {
  let last = Buffer.alloc(0);
  const read = async () => {
    for await (const chunk of stream)
      last = Buffer.from(Buffer.concat([last, chunk as Buffer]).subarray(-mostBytes));
  };
  const over = read().catch(() => undefined);
  return { text: () => last.toString('utf8').trim().split('\n').map(printable).join('\n'), over };
}
