/** How a place is reached: over which connection, and where it is there. */
import { TransferError } from '../../errors.ts';
import { orAborted } from '../../work/abort.ts';
import { pathKey } from '../../work/posix/path.ts';
import type { Reach } from './fault.ts';
import { createFresh } from './fresh.ts';
import { Lines } from './lines.ts';
import type { Sftp } from './protocol/sftp.ts';
import { isRefusal } from './protocol/status.ts';
import type { OpenWire } from './protocol/wire.ts';
import { findRoot, type Root } from './root.ts';
import type { FarClock } from './shell/far-clock.ts';
import type { NoRoom } from './shell/no-room.ts';
import { createTrails, type Trails } from './trails.ts';

export type SftpPlace = {
  readonly open: OpenWire;
  /** as it was typed; relative to the user's home without a leading slash */
  readonly path: Uint8Array;
  /** the server's, for messages */
  readonly name: string;
  /** how many connections may be open at once */
  readonly lines: number;
  /** Whether what is written is brought to the disk by other means, later. */
  readonly syncsLater?: () => boolean;
  /** Undefined as long as nobody asked the host. */
  readonly clock?: () => FarClock | undefined;
  /** Absent: no shell tells. */
  readonly noRoom?: NoRoom;
};

export type Contact = AsyncDisposable & {
  readonly reach: (signal: AbortSignal) => Promise<Reach>;
  /** The same for who opens no file, a round trip sooner. */
  readonly reachToLook: (signal: AbortSignal) => Promise<Reach>;
  /** On a connection that is nobody else's until it is let go, for what moves much. */
  readonly reachAlone: (signal: AbortSignal) => Promise<Disposable & Reach>;
  /** Opens connections for that before it is asked for. */
  readonly widen: () => void;
  /** Whether large files are to be durable when they are written. */
  readonly isDurable: () => boolean;
  readonly clock: () => FarClock | undefined;
  readonly trails: Trails;
};

/** Nothing is opened before it is needed. */
export function createContact(place: SftpPlace): Contact {
  const lines = new Lines(place.open, place.name, place.lines);
  let root: Root | undefined;
  const firm = createFresh(pathKey);
  const { noRoom = async () => undefined } = place;
  const rootBy = async (sftp: Sftp, signal: AbortSignal) => {
    root ??= await findRoot(sftp, place, signal).catch((error) => notFound(place, error));
    return root;
  };
  const reachToLook = async (signal: AbortSignal) => {
    const sftp = await lines.pick(signal);
    return { sftp, root: await rootBy(sftp, signal), firm, noRoom };
  };
  return {
    reachToLook,
    async reach(signal) {
      const reach = await reachToLook(signal);
      await orAborted(reach.sftp.limited, signal);
      return reach;
    },
    async reachAlone(signal) {
      const { sftp, [Symbol.dispose]: letGo } = await lines.lease(signal);
      await orAborted(sftp.limited, signal);
      const root = await rootBy(sftp, signal);
      return { sftp, root, firm, noRoom, [Symbol.dispose]: letGo };
    },
    widen: () => lines.widen(),
    isDurable: () => !place.syncsLater?.(),
    clock: () => place.clock?.(),
    trails: createTrails(),
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
