/** The way to a place: a connection, and where the place is. */
import { TransferError } from '../../errors.ts';
import type { Reach } from './fault.ts';
import { createLines } from './lines.ts';
import { findRoot, type Root } from './root.ts';
import { isRefusal } from './status.ts';
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
      root ??= await findRoot(sftp, place, signal).catch((error) => notFound(place, error));
      return { sftp, root };
    },
    [Symbol.asyncDispose]: () => lines[Symbol.asyncDispose](),
  };
}

function notFound({ name }: SftpPlace, cause: unknown): never {
  if (!isRefusal(cause)) throw cause;
  throw new TransferError('denied', `cannot tell where home is on ${name}`, {
    hint: 'write the whole path, from the top',
    cause,
  });
}
