/** Sends packets: those of one turn of the loop together, and no faster than the stream takes them. */
import { once } from 'node:events';
import type { Writable } from 'node:stream';
import { giveBack } from '../../../work/chunk-memory.ts';

const batchBytes = 64 * 1024;

/** An error of the stream is for who listens to the stream; packets given after it go nowhere. */
export function createOutbox(stream: Writable): (packet: Buffer) => void {
  let waiting: Buffer[] = [];
  let isFlushing = false;
  const flush = async () => {
    while (waiting.length > 0 && stream.writable) {
      const packets = waiting;
      waiting = [];
      for (const batch of batches(packets)) {
        const sent = (error: unknown) => void (error || giveBack(batch));
        if (!stream.write(batch, sent)) await once(stream, 'drain');
      }
    }
    isFlushing = false;
  };
  return (packet) => {
    waiting.push(packet);
    if (isFlushing) return;
    isFlushing = true;
    setImmediate(() => void flush().catch(() => stream.destroy()));
  };
}

function* batches(packets: readonly Buffer[]): Generator<Buffer> {
  let start = 0;
  let bytes = 0;
  for (const [i, packet] of packets.entries()) {
    if (i > start && bytes + packet.length > batchBytes) {
      yield joined(packets.slice(start, i));
      start = i;
      bytes = 0;
    }
    bytes += packet.length;
  }
  yield joined(packets.slice(start));
}

function joined(packets: readonly Buffer[]): Buffer {
  return packets.length === 1 ? packets[0]! : Buffer.concat(packets);
}
