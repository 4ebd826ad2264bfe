import type { Readable } from 'node:stream';
import { printable } from '../report/show.ts';

const shown = 4096;
const mostBytes = 512 * 1024;
const newline = 0x0a;

/**
 * Reads a stream to its end: its last lines so far, as a person may read them, few to be shown or all that were
 * kept, and a promise that is kept when the stream is over, however it ended.
 */
export function gather(stream: Readable): {
  readonly text: (how?: 'all') => string;
  readonly over: Promise<void>;
} {
  const kept: Buffer[] = [];
  let [bytes, dropped] = [0, 0];
  const read = async () => {
    for await (const chunk of stream) {
      kept.push(chunk as Buffer);
      bytes += (chunk as Buffer).length;
      while (bytes - kept[0]!.length >= mostBytes) {
        bytes -= kept[0]!.length;
        dropped += kept.shift()!.length;
      }
    }
  };
  const text = (how?: 'all') => {
    const most = how ? mostBytes : shown;
    const all = Buffer.concat(kept);
    const tail = all.subarray(-most);
    const isCut = dropped > 0 || all.length > most;
    const whole = isCut ? tail.subarray(tail.indexOf(newline) + 1) : tail;
    return whole.toString('utf8').trim().split('\n').map(printable).join('\n');
  };
  const over = read().catch(() => undefined);
  return { text, over };
}
