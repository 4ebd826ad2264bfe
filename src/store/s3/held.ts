/** Bytes of a body in memory, exactly as many as were asked for. */
import type { Body, Range } from '../store.ts';

/** Undefined where it gives fewer or more, as soon as that shows. */
export async function hold(body: Body, range: Range, signal: AbortSignal): Promise<Buffer | undefined> {
  const { held } = body;
  if (held && range.length === held.length) return Buffer.from(held.buffer, held.byteOffset, held.length);
  const chunks: Uint8Array[] = [];
  let left = range.length;
  for await (const chunk of body.open(range, signal)) {
    left -= chunk.length;
    if (left < 0) return undefined;
    chunks.push(chunk);
  }
  signal.throwIfAborted();
  if (left > 0) return undefined;
  return chunks.length === 1
    ? Buffer.from(chunks[0]!.buffer, chunks[0]!.byteOffset, range.length)
    : Buffer.concat(chunks);
}
