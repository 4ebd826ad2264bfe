/** The lines from one host to another: the next one is made when all are in use, and one that failed is made anew. */
import { createTurns } from '../../work/turns.ts';
import { type Blocks, type FarFile, openLine, type Peer, type StraightLine } from './line.ts';

/** As many as fill a long way, and as two processors at either end encrypt. */
const mostLines = 4;

export type StraightLines = AsyncDisposable & {
  /** Makes the first one, if there is none. Throws why it cannot be. */
  readonly ready: (signal: AbortSignal) => Promise<void>;
  /** Throws once for a line that failed, however many were copied on it. */
  readonly copy: (from: FarFile, to: FarFile, blocks: Blocks, signal: AbortSignal) => Promise<void>;
};

type Used = { readonly line: StraightLine; copies: number };

/** `ends` ends them all. */
export function createStraightLines(from: Peer, to: Peer, ends: AbortSignal): StraightLines {
  const lines = new Set<Used>();
  const turns = createTurns(1);
  let most = mostLines;
  const least = () => [...lines].toSorted((a, b) => a.copies - b.copies)[0];

  async function open(): Promise<void> {
    try {
      lines.add({ line: await openLine(from, to, ends), copies: 0 });
    } catch (error) {
      if (lines.size === 0) throw error;
      most = lines.size; // the host lets no more in
    }
  }

  /** The one that has least to do. */
  async function pick(signal: AbortSignal): Promise<Used> {
    using _ = await turns(signal);
    const best = least();
    if (!best || (best.copies > 0 && lines.size < most)) await open();
    const picked = least()!;
    picked.copies += 1;
    return picked;
  }

  return {
    ready: async (signal) => {
      using _ = await turns(signal);
      if (lines.size === 0) await open();
    },
    copy: async (source, dest, blocks, signal) => {
      for (;;) {
        const used = await pick(signal);
        try {
          return await used.line.copy(source, dest, blocks, signal);
        } catch (error) {
          const isFirst = lines.delete(used);
          await used.line[Symbol.asyncDispose]();
          signal.throwIfAborted();
          if (isFirst) throw error; // the others on it are no failures of their own
        } finally {
          used.copies -= 1;
        }
      }
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all([...lines].map(({ line }) => line[Symbol.asyncDispose]()));
    },
  };
}
