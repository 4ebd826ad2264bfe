/** The way to a place: a connection, and where the place is. */
import type { Reach } from './fault.ts';
import { createLines } from './lines.ts';
import { findRoot, type Root } from './root.ts';
import type { OpenWire } from './wire.ts';

export type SftpPlace = {
  readonly open: OpenWire;
  /** as it was typed; relative to the user's home without a leading slash */
  readonly path: Uint8Array;
  /** the server's, for messages */
  readonly name: string;
  /** how many connections may be open at once */
  readonly lines: number;
};

export type Way = AsyncDisposable & { readonly reach: (signal: AbortSignal) => Promise<Reach> };

/** Nothing is opened before it is needed. */
export function createWay(place: SftpPlace): Way {
  const lines = createLines(place.open, place.name, place.lines);
  let root: Root | undefined;
  return {
    async reach(signal) {
      const sftp = await lines.pick(signal);
      root ??= await findRoot(sftp, place, signal);
      return { sftp, root };
    },
    [Symbol.asyncDispose]: () => lines[Symbol.asyncDispose](),
  };
}
