import type { Socket } from 'node:net';

/** Sends what is written in one turn at once: the library writes each packet in three pieces, of which two are tiny. */
export function gathered(socket: Socket): Socket {
  const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
  let isGathering = false;
  const send = () => {
    isGathering = false;
    socket.uncork();
  };
  const gather = (...args: unknown[]) => {
    if (!isGathering) {
      isGathering = true;
      socket.cork();
      process.nextTick(send);
    }
    return write(...args);
  };
  return Object.assign(socket, { write: gather as Socket['write'] });
}
