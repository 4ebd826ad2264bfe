/**
 * How a socket is read: as much as there is into one buffer, the same for all sockets, where Node would make a new one
 * of 64 KiB each time.
 */
import type { OnReadOpts, Socket } from 'node:net';

const buffer = Buffer.allocUnsafeSlow(256 * 1024);

export type Reading = {
  /** for the socket that is to be made */
  readonly onread: OnReadOpts;
  /** What was read is emitted by that socket as data from now on. */
  readonly by: (socket: Socket) => void;
  /** From now on it is the listeners' only until they return. */
  readonly lend: () => void;
};

export function createReading(): Reading {
  const early: Buffer[] = [];
  let reader: Socket | undefined;
  let isLent = false;
  return {
    onread: {
      buffer,
      callback(bytes) {
        const read = buffer.subarray(0, bytes);
        if (!reader || reader.listenerCount('data') === 0) early.push(Buffer.from(read));
        else reader.emit('data', isLent ? read : Buffer.from(read));
        return true;
      },
    },
    by(socket) {
      reader = socket;
      socket.on('newListener', (event) => {
        if (event !== 'data') return;
        process.nextTick(() => {
          for (const read of early.splice(0)) socket.emit('data', read);
        });
      });
    },
    lend() {
      isLent = true;
    },
  };
}
