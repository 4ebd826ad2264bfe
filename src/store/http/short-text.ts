/** The words of an answer that is short where all is well. */
import { breakage } from './fault.ts';
import type { Answer, Ask } from './wire.ts';

/** One character per byte; of more than `mostBytes` no more than a piece beyond. Throws 'transient' where it is cut off. */
export async function shortText(
  { message }: Answer,
  mostBytes: number,
  { what, doing }: Pick<Ask, 'what' | 'doing'>,
  signal: AbortSignal,
): Promise<string> {
  let text = '';
  try {
    for await (const chunk of message as AsyncIterable<Buffer>) {
      text += chunk.toString('latin1');
      if (text.length > mostBytes) break;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw breakage(error, what, doing);
  }
  return text;
}
