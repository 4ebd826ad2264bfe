/** Bytes of a body in memory, exactly as many as were asked for. */
import type { Body, Range } from '../../body.ts';

/** Undefined where it gives fewer or more, as soon as that shows. `room` is as long as the range, and may be used. */
export async function hold(
  body: Body,
  range: Range,
  signal: AbortSignal,
  room?: () => Buffer,
): Promise<Buffer | undefined> {
  const { held } = body;
  if (held && range.length === held.length) return Buffer.from(held.buffer, held.byteOffset, held.length);
  let all: Buffer | undefined; // pieces that are joined in the end take up twice as much
  let at = 0;
  for await (const chunk of body.open(range, signal)) {
    if (at + chunk.length > range.length) return undefined;
    if (at === 0 && chunk.length === range.length)
      all = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.length);
    else {
      all ??= room?.() ?? Buffer.allocUnsafeSlow(range.length);
      all.set(chunk, at);
    }
    at += chunk.length;
  }
  signal.throwIfAborted();
  if (at < range.length) return undefined;
  return all ?? Buffer.alloc(0);
}
