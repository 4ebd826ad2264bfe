import type { Readable } from 'node:stream';
import { printable } from '../report/show.ts';

const mostBytes = 4096;
const newline = 0x0a;

/**
 * Reads a stream to its end: its last lines so far, as a person may read it, and a promise that is kept when the stream
 * is over, however it ended.
 */
export function gather(stream: Readable): { readonly text: () => string; readonly over: Promise<void> } {
  let last = Buffer.alloc(0);
  let bytes = 0;
  const read = async () => {
    for await (const chunk of stream) {
      bytes += (chunk as Buffer).length;
      last = Buffer.from(Buffer.concat([last, chunk as Buffer]).subarray(-mostBytes));
    }
  };
  const whole = () => (bytes > mostBytes ? last.subarray(last.indexOf(newline) + 1) : last);
  const over = read().catch(() => undefined);
  return { text: () => whole().toString('utf8').trim().split('\n').map(printable).join('\n'), over };
}
