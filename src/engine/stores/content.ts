import type { Body } from '../../store/store.ts';

/** Whether two bodies hold the same bytes; throws what reading either throws. */
export async function sameBytes(a: Body, b: Body, signal: AbortSignal): Promise<boolean> {
  if (a.size !== b.size) return false;
  const whole = { offset: 0, length: a.size };
  const other = b.open(whole, signal)[Symbol.asyncIterator]();
  let rest: Uint8Array = new Uint8Array(0);
  try {
    for await (const chunk of a.open(whole, signal)) {
      for (let at = 0; at < chunk.length; ) {
        if (rest.length === 0) rest = (await other.next()).value ?? rest;
        const length = Math.min(rest.length, chunk.length - at);
        if (length === 0 || Buffer.compare(rest.subarray(0, length), chunk.subarray(at, at + length)) !== 0)
          return false;
        rest = rest.subarray(length);
        at += length;
      }
    }
    return rest.length === 0;
  } finally {
    await other.return?.();
  }
}
